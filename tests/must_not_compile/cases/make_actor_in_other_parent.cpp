// must_not_compile/make_actor_in_other_parent.cpp: the slab of another class.
// expect: name_the_ActorSlab_member_of_the_parent_as_in_make_actor_in_of_P_children
#include <troupe/core.hpp>

using namespace troupe;

class Lamp {};
struct Street {
  ActorSlab<Lamp> lamps;
};
struct House {
  ActorSlab<Lamp> lamps;
  void add(Cx<House>& cx) {
#ifdef FIXED
    make_actor_in<&House::lamps>(cx, ret_nop);
#else
    make_actor_in<&Street::lamps>(cx, ret_nop);
#endif
  }
};
