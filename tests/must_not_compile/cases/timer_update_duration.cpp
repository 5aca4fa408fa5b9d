// must_not_compile/timer_update_duration.cpp: a time of a moving timer that is a duration.
// expect: a_moving_timer_takes_an_Instant_add_the_Duration_to_now
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  timer_update(core, MaxTimerKey{}, Instant{} + std::chrono::seconds(2));
#else
  timer_update(core, MaxTimerKey{}, std::chrono::seconds(2));
#endif
}
