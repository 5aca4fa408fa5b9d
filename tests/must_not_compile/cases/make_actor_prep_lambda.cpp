// must_not_compile/make_actor_prep_lambda.cpp: a lambda where an actor is told who hears of its
// end.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>

using namespace troupe;

class Light {
 public:
  static void start(Prep<Light>& prep) { prep.ready(); }
};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor_prep<&Light::start>(rt, ret_some_do([](StopCause) {}));
#else
  auto light = make_actor_prep<&Light::start>(rt, [](StopCause) {});
#endif
}
