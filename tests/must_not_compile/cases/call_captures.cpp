// must_not_compile/call_captures.cpp: a function with captures, run on an actor.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
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
  call(light, [on](Light& l, Cx<Light>& cx) { l.set(cx, on); });
#endif
}
