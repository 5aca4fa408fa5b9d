// must_not_compile/defer_method_first.cpp: a method that is deferred with its actor.
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
  call<&Light::set>(light, true);
#else
  defer(&Light::set, light, true);
#endif
}
