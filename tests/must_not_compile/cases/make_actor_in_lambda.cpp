// must_not_compile/make_actor_in_lambda.cpp: a function where a child's notify is.
// expect: wrap_the_function_in_ret_do_or_ret_some_do
#include <troupe/core.hpp>

using namespace troupe;

class Lamp {};
struct House {
  ActorSlab<Lamp> lamps;
  void add(Cx<House>& cx) {
#ifdef FIXED
    make_actor_in<&House::lamps>(cx, ret_do([](const Reply<StopCause>&) {}));
#else
    make_actor_in<&House::lamps>(cx, [](const Reply<StopCause>&) {});
#endif
  }
};
