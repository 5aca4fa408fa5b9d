// must_not_compile/ask_with_ret.cpp: a Ret given to `ask`, which makes it itself.
// expect: the_method_takes_another_number_of_arguments
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

Task<void> use(Actor<Light> light) {
#ifdef FIXED
  co_await ask<&Light::query>(light);
#else
  co_await ask<&Light::query>(light, Ret<bool>(ret_nop));
#endif
}
