// must_not_compile/call_method_behind.cpp: a method that is given behind the actor.
// expect: a_method_is_named_in_angle_brackets_before_the_actor
// expect: call<&A::f>(actor, ...)
#include <troupe/core.hpp>

using namespace troupe;

struct Light {
  void set(bool) {}
};
void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::set>(light, true);
#else
  call(light, &Light::set, true);
#endif
}
