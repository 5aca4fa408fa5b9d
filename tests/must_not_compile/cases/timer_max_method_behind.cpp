// must_not_compile/timer_max_method_behind.cpp: a method of a moving timer behind the instant.
// expect: a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f
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
  timer_max(key, light, Instant(5s), &Light::off);
#endif
}
