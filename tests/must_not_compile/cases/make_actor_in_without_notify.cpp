// must_not_compile/make_actor_in_without_notify.cpp: a child without a notify.
// expect: who_hears_of_its_end_ret_nop_for_nobody
#include <troupe/core.hpp>

using namespace troupe;

class Lamp {};
struct House {
  ActorSlab<Lamp> lamps;
  void add(Cx<House>& cx) {
#ifdef FIXED
    make_actor_in<&House::lamps>(cx, ret_nop);
#else
    make_actor_in<&House::lamps>(cx);
#endif
  }
};
