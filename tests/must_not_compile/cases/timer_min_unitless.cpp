// must_not_compile/timer_min_unitless.cpp: a moving timer with a number, of a function.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

void use(MinTimerKey& key, Core& core) {
#ifdef FIXED
  timer_min(key, core, Instant(5s), [] {});
#else
  timer_min(key, core, 5, [] {});
#endif
}
