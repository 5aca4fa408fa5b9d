// must_not_compile/ensemble_start_function.cpp: a factory that holds an Actor of another runtime.
// expect: a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
#ifdef FIXED
using Whom = Remote<Light>;
#else
using Whom = Actor<Light>;
#endif
struct Makes {
  Whom whom;
  ActorOwn<Light> operator()(Runtime& rt) const { return make_actor<Light>(rt, ret_nop); }
};
void use(EnsembleThreads& threads, Makes makes) { threads.start(1, std::move(makes)); }
