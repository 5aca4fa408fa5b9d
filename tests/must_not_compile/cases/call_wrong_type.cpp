// must_not_compile/call_wrong_type.cpp: an argument of the wrong type.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

void use(const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::label>(light, "hall");
#else
  call<&Light::label>(light, 7);
#endif
}
