// must_not_compile/spawn_lambda_for_ret.cpp: a lambda where a task takes a Ret.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> one() { co_return 1; }

void use(Runtime& rt) {
#ifdef FIXED
  spawn(rt, one, ret_some_do([](int) {}));
#else
  spawn(rt, one, [](int) {});
#endif
}
