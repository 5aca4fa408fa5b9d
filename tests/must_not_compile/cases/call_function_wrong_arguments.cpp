// must_not_compile/call_function_wrong_arguments.cpp: a bound argument that the function does not
// take.
// expect: the_function_does_not_take_these_bound_arguments
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

void use(const Actor<Light>& light, bool on) {
#ifdef FIXED
  call(light, [](Light& l, Cx<Light>& cx, bool o) { l.set(cx, o); }, on);
#else
  call(light, [](Light& l, Cx<Light>& cx) { l.set(cx, true); }, on);
#endif
}
