// must_not_compile/deadline_unitless.cpp: a deadline that is a number.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<> use() {
#ifdef FIXED
  co_await deadline(Instant(5s), sleep(1s));
#else
  co_await deadline(5, sleep(1s));
#endif
}
