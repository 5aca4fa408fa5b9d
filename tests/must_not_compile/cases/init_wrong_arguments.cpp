// must_not_compile/init_wrong_arguments.cpp: an actor that is started with the wrong arguments.
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
  auto light = make_actor_new<Light>(rt, ret_nop);
#ifdef FIXED
  init(light, std::string("hall"));
#else
  init(light, 7);
#endif
}
