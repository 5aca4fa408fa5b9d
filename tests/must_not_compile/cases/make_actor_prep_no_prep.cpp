// must_not_compile/make_actor_prep_no_prep.cpp: an actor whose preparing handler is a plain method.
// expect: a_preparing_handler_is_static_and_takes_Prep_of_its_class_first
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  static void connect(Prep<Light>& prep) { prep.ready(); }
#else
  void connect(Cx<Light>&) {}
#endif
};

void use(Runtime& rt) { auto light = make_actor_prep<&Light::connect>(rt, ret_nop); }
