// must_not_compile/timer_max_duration.cpp: a time of a moving timer that is a duration.
// expect: a_moving_timer_takes_an_Instant_add_the_Duration_to_now
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void off(Cx<Light>&) {}
};

void use(const Actor<Light>& light, MaxTimerKey& key) {
#ifdef FIXED
  timer_max<&Light::off>(key, light, Instant{} + std::chrono::seconds(2));
#else
  timer_max<&Light::off>(key, light, std::chrono::seconds(2));
#endif
}
