// must_not_compile/spawn_wrong_ret.cpp: a Ret of another type than the coroutine returns.
// expect: the_Ret_must_take_what_the_coroutine_returns
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> one() { co_return 1; }

void use(Core& core) {
#ifdef FIXED
  spawn(core, one, ret_some_do([](int) {}));
#else
  spawn(core, one, ret_some_do([](std::string) {}));
#endif
}
