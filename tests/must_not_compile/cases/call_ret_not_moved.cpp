// must_not_compile/call_ret_not_moved.cpp: a Ret that is not moved into the call.
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

void use(const Actor<Light>& light, Ret<bool> ret) {
#ifdef FIXED
  call<&Light::query>(light, std::move(ret));
#else
  call<&Light::query>(light, ret);
#endif
}
