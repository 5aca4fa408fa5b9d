// must_not_compile/ask_method_first.cpp: a method that is asked before its actor.
// expect: a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

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

Task<> use(Actor<Light> light) {
#ifdef FIXED
  (void)co_await ask<&Light::is_on>(light);
#else
  (void)co_await ask(&Light::is_on, light);
#endif
}
