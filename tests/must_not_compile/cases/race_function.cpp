// must_not_compile/race_function.cpp: a coroutine function in a race that is not called.
// expect: this_is_a_function_call_it_and_pass_the_Task_that_it_returns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await race(child(), child());
#else
  co_await race(child, child());
#endif
}
