// must_not_compile/make_actor_lambda.cpp: a lambda where an actor is told who hears of its end.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Runtime& rt) {
#ifdef FIXED
  auto light = make_actor<Light>(rt, ret_some_do([](StopCause) {}));
#else
  auto light = make_actor<Light>(rt, [](StopCause) {});
#endif
}
