// must_not_compile/make_actor_in_borrow.cpp: an argument of a child borrows.
// expect: an_argument_borrows_pass_a_std_string_a_Literal_or_unsafe_borrow_it
#include <string>
#include <string_view>
#include <troupe/core.hpp>

using namespace troupe;

struct Lamp {
  explicit Lamp(std::string) {}
};
struct House {
  ActorSlab<Lamp> lamps;
  void add(Cx<House>& cx) {
    const std::string name = "a lamp";
#ifdef FIXED
    make_actor_in<&House::lamps>(cx, ret_nop, name);
#else
    make_actor_in<&House::lamps>(cx, ret_nop, std::string_view(name));
#endif
  }
};
