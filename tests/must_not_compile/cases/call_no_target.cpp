// must_not_compile/call_no_target.cpp: a call to something that is no actor.
// expect: the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

void use([[maybe_unused]] Core& core, const Actor<Light>& light) {
#ifdef FIXED
  call<&Light::set>(light, true);
#else
  call<&Light::set>(core, true);
#endif
}
