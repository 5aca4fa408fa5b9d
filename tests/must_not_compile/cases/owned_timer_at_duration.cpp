// must_not_compile/owned_timer_at_duration.cpp: a time of a timer that is a duration.
// expect: at_takes_an_Instant_for_a_Duration_use_after
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void off(Cx<Light>&) {}
};

void use(const Actor<Light>& light, FixedTimer& timer) {
#ifdef FIXED
  timer.after<&Light::off>(light, std::chrono::seconds(2));
#else
  timer.at<&Light::off>(light, std::chrono::seconds(2));
#endif
}
