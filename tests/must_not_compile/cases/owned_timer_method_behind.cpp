// must_not_compile/owned_timer_method_behind.cpp: a method of an owned timer behind the wait.
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

void use(FixedTimer& timer, const Actor<Light>& light) {
#ifdef FIXED
  timer.after<&Light::off>(light, 5s);
#else
  timer.after(light, 5s, &Light::off);
#endif
}
