// must_not_compile/actor_arrow.cpp: reaching into an actor through its owner.
// expect: deleted
// expect: an actor is called, not entered: call<&A::m>(actor, args...)
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  void set(Cx<Light>&, bool) {}
  void label(Cx<Light>&, std::string) {}
  void query(Cx<Light>&, Ret<bool> ret) { ret(true); }
};

void use([[maybe_unused]] Cx<Light>& cx, const ActorOwn<Light>& light) {
#ifdef FIXED
  call<&Light::set>(light, true);
#else
  light->set(cx, true);
#endif
}
