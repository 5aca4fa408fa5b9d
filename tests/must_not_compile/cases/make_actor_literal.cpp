// must_not_compile/make_actor_literal.cpp: an actor made of a pointer to characters; of a literal
// it can be made.
// expect: an_argument_borrows_pass_a_std_string_a_Literal_or_unsafe_borrow_it
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  Light(Cx<Light>&, std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

void use(Runtime& rt, [[maybe_unused]] const char* name) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_nop, "hall");
#else
  auto light = make_actor<Light>(rt, ret_nop, name);
#endif
}
