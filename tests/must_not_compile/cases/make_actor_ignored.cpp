// must_not_compile/make_actor_ignored.cpp: an actor whose first owner is dropped at once.
// expect: the actor ends when its last owner goes: keep it
// flags: -Werror=unused-result
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_nop);
#else
  make_actor<Light>(rt, ret_nop);
#endif
}
