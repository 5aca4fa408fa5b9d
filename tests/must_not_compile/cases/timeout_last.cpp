// must_not_compile/timeout_last.cpp: a timeout with the time last.
// expect: the_time_comes_first_for_timeout_a_Duration_for_deadline_an_Instant
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await timeout(std::chrono::seconds(7), child());
#else
  co_await timeout(child(), std::chrono::seconds(7));
#endif
}
