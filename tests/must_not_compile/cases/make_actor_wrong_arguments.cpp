// must_not_compile/make_actor_wrong_arguments.cpp: an actor whose class has no constructor for the
// arguments.
// expect: the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  Light(Cx<Light>&, std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_nop, std::string("hall"));
#else
  auto light = make_actor<Light>(rt, ret_nop, 7);
#endif
}
