// must_not_compile/spawn_without_ret.cpp: arguments without the Ret in front of them.
// expect: behind_the_function_comes_a_Ret_of_its_result_or_ret_nop_then_its_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child(int number) { co_return number; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, child, ret_nop, 1);
#else
  spawn(core, child, 1);
#endif
}
