// must_not_compile/timeout_unitless.cpp: a timeout of a number without a unit.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
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
