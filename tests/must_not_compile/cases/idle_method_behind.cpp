// must_not_compile/idle_method_behind.cpp: an idle method that is given behind the actor.
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

void use(const Actor<Light>& light) {
#ifdef FIXED
  idle<&Light::set>(light, true);
#else
  idle(light, &Light::set, true);
#endif
}
