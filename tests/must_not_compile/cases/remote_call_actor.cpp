// must_not_compile/remote_call_actor.cpp: an actor's handle as an argument to another runtime.
// expect: an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
class Switch {
 public:
#ifdef FIXED
  void meet(Remote<Light>) {}
#else
  void meet(Actor<Light>) {}
#endif
};
void use(const Remote<Switch>& far, const Actor<Light>& light) {
#ifdef FIXED
  call<&Switch::meet>(far, remote(light));
#else
  call<&Switch::meet>(far, light);
#endif
}
