// must_not_compile/actor_get.cpp: asking a handle for the actor's state.
// expect-gcc: has no member named 'get'
// expect-clang: no member named 'get'
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
  light.get()->set(cx, true);
#endif
}
