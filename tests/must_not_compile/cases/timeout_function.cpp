// must_not_compile/timeout_function.cpp: a coroutine function awaited for a time, which is not
// called.
// expect: deleted
// expect: nothing_to_await_timeout_takes_a_Duration_then_a_Task_call_its_function
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await timeout(std::chrono::seconds(7), child());
#else
  co_await timeout(std::chrono::seconds(7), child);
#endif
}
