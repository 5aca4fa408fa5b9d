// must_not_compile/make_actor_prep_wrong_arguments.cpp: an actor whose preparing handler takes
// other arguments.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  static void connect(Prep<Light>& prep, std::string) { prep.ready(); }
};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor_prep<&Light::connect>(rt, ret_nop, "hall");
#else
  auto light = make_actor_prep<&Light::connect>(rt, ret_nop, 7);
#endif
}
