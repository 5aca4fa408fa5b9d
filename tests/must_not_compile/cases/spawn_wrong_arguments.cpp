// must_not_compile/spawn_wrong_arguments.cpp: arguments that the coroutine does not take.
// expect: the_coroutine_does_not_take_these_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child(Core&, int number) { co_return number; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, child, ret_nop, 1);
#else
  spawn(core, child, ret_nop, "one");
#endif
}
