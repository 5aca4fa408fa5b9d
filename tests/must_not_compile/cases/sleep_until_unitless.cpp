// must_not_compile/sleep_until_unitless.cpp: an instant that is a number.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> use() {
#ifdef FIXED
  co_await sleep_until(Instant(5s));
#else
  co_await sleep_until(5);
#endif
}
