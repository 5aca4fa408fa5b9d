// must_not_compile/call_wrong_count.cpp: too few arguments.
// expect: the_method_takes_another_number_of_arguments
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
  call<&Light::set>(light, true);
#else
  call<&Light::set>(light);
#endif
}
