// must_not_compile/make_actor_reference.cpp: a constructor that takes a reference.
// expect: a_constructor_gets_what_it_owns_take_it_by_value_or_unsafe_borrow_the_argument
#include <chrono>
#include <string>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  explicit Light(std::string& name) : name_(&name) {}

 private:
  std::string* name_;
};

void use(Runtime& rt, std::string& name) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_nop, unsafe_borrow(name));
#else
  auto light = make_actor<Light>(rt, ret_nop, name);
#endif
}
