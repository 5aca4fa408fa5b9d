// must_not_compile/make_actor_prep_ignored.cpp: a preparing actor whose first owner is dropped at
// once.
// expect: the actor ends when its last owner goes: keep it
// flags: -Werror=unused-result
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  static void start(Prep<Light>& prep) { prep.ready(); }
};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor_prep<&Light::start>(rt, ret_nop);
#else
  make_actor_prep<&Light::start>(rt, ret_nop);
#endif
}
