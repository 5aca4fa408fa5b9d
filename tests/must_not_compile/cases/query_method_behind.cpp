// must_not_compile/query_method_behind.cpp: a method that is queried behind its actor.
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

bool use(Runtime& rt, const Actor<Light>& light) {
#ifdef FIXED
  return query<&Light::is_on>(rt, light).value_or(false);
#else
  return query(rt, light, &Light::is_on);
#endif
}
