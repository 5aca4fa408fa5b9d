// must_not_compile/timeout_unitless.cpp: a timeout of a number without a unit.
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
  co_await timeout(7, child());
#endif
}
