// must_not_compile/fwd_to_method_first.cpp: a method that takes values before its actor.
// expect: a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  void heard(int) {}
};

Fwd<int> use(const Actor<Light>& light) {
#ifdef FIXED
  return fwd_to<&Light::heard>(light);
#else
  return fwd_to(&Light::heard, light);
#endif
}
