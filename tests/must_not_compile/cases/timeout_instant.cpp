// must_not_compile/timeout_instant.cpp: a timeout until an instant.
// expect: the_time_comes_first_for_timeout_a_Duration_for_deadline_an_Instant
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use(Instant now) {
#ifdef FIXED
  co_await deadline(now + std::chrono::seconds(7), child());
#else
  co_await timeout(now + std::chrono::seconds(7), child());
#endif
}
