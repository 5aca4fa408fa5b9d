// must_not_compile/spawn_std_function.cpp: a std::function that returns a Task, spawned.
// expect: a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it
#include <functional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> one() { co_return 1; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, one, ret_nop);
#else
  spawn(core, std::function<Task<int>()>(one), ret_nop);
#endif
}
