// must_not_compile/remote_call_ret_of_actor.cpp: an answer that belongs to the other runtime.
// expect: a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
class Switch {
 public:
#ifdef FIXED
  void light(Ret<Remote<Light>>) {}
#else
  void light(Ret<Actor<Light>>) {}
#endif
};
void use(const Remote<Switch>& far) { call<&Switch::light>(far, ret_nop); }
