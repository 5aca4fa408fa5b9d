// must_not_compile/ask_wrong_type.cpp: an argument of the wrong type, asked.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
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
  co_await ask<&Light::label>(light, "hall");
#else
  co_await ask<&Light::label>(light, 7);
#endif
}
