// must_not_compile/make_actor_new_ignored.cpp: an actor to be started later whose first owner is
// dropped at once.
// expect: the actor ends when its last owner goes: keep it
// flags: -Werror=unused-result
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor_new<Light>(rt, ret_nop);
#else
  make_actor_new<Light>(rt, ret_nop);
#endif
}
