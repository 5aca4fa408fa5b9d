// must_not_compile/after_instant.cpp: a wait of a timer that is an instant.
// expect: after_takes_a_Duration_for_an_Instant_use_at
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void off(Cx<Light>&) {}
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  at<&Light::off>(light, Instant{});
#else
  after<&Light::off>(light, Instant{});
#endif
}
