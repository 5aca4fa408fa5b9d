// must_not_compile/spawn_no_task.cpp: a function that returns no Task.
// expect: the_function_must_return_a_Task
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  spawn(core, []() -> Task<int> { co_return 1; }, ret_nop);
#else
  spawn(core, [] { return 1; }, ret_nop);
#endif
}
