// must_not_compile/scope_method.cpp: a method that is spawned in a scope.
// expect: a_method_is_called_or_asked_as_in_ask_of_A_f_and_not_spawned
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
  Task<> blink(Cx<Light>&, int) { co_return; }
  void off() {}
};

void use(Scope& scope, const Actor<Light>& light) {
#ifdef FIXED
  scope.spawn(ask<&Light::blink>(light, 1));
#else
  scope.spawn(&Light::blink, light, 1);
#endif
}
