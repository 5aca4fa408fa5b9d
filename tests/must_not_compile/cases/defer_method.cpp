// must_not_compile/defer_method.cpp: a method that is given as a function.
// expect: a_method_is_named_in_angle_brackets_before_the_actor
#include <troupe/core.hpp>

using namespace troupe;

struct Light {
  void set(bool) {}
};
void use(Runtime& rt, const Actor<Light>& light) {
#ifdef FIXED
  defer(rt.core(), [](Actor<Light> to) { call<&Light::set>(to, true); }, light);
#else
  defer(rt.core(), &Light::set, light, true);
#endif
}
