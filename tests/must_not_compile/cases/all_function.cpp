// must_not_compile/all_function.cpp: a coroutine function that is not called, awaited with others.
// expect: this_is_a_function_call_it_and_pass_the_Task_that_it_returns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), child());
#else
  co_await all(child(), child);
#endif
}
