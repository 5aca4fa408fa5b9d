// must_not_compile/remote_call_fwd_of_actor.cpp: a Fwd of values that stay.
// expect: a_Fwd_of_what_cannot_cross_threads_cannot_be_called_by_another_runtime
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
class Switch {
 public:
#ifdef FIXED
  void lights(Fwd<Remote<Light>>) {}
#else
  void lights(Fwd<Actor<Light>>) {}
#endif
};
void use(const Remote<Switch>& far) { call<&Switch::lights>(far, fwd_nop); }
