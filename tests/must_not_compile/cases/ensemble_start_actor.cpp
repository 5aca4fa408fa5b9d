// must_not_compile/ensemble_start_actor.cpp: an actor for a runtime on another thread.
// expect: a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
void use(EnsembleThreads& threads, const Actor<Light>& light) {
#ifdef FIXED
  threads.start(1, [](Runtime&, Remote<Light>) {}, remote(light));
#else
  threads.start(1, [](Runtime&, Actor<Light>) {}, light);
#endif
}
