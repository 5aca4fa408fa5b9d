// must_not_compile/timer_max_unitless.cpp: a moving timer with a number.
// expect: a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void set(bool) {}
  void dim(int, Fwd<int>) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
  bool is_on() { return true; }
  void off() {}
};

void use(MaxTimerKey& key, const Actor<Light>& light) {
#ifdef FIXED
  timer_max<&Light::off>(key, light, Instant(5s));
#else
  timer_max<&Light::off>(key, light, 5);
#endif
}
