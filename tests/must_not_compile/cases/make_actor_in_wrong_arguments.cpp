// must_not_compile/make_actor_in_wrong_arguments.cpp: no constructor takes these arguments.
// expect: the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first
#include <troupe/core.hpp>

using namespace troupe;

struct Lamp {
  explicit Lamp(int) {}
};
struct House {
  ActorSlab<Lamp> lamps;
  void add(Cx<House>& cx) {
#ifdef FIXED
    make_actor_in<&House::lamps>(cx, ret_nop, 1);
#else
    make_actor_in<&House::lamps>(cx, ret_nop, "one");
#endif
  }
};
