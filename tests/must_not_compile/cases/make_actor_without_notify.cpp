// must_not_compile/make_actor_without_notify.cpp: an actor that is made without saying who hears of
// its end.
// expect: who_hears_of_its_end_ret_nop_for_nobody
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_nop);
#else
  auto light = make_actor<Light>(rt);
#endif
}
