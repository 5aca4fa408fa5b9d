// must_not_compile/remote_call_owner.cpp: an owner that would live in another runtime.
// expect: an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
class Switch {
 public:
#ifdef FIXED
  void own(Remote<Light>) {}
#else
  void own(ActorOwn<Light>) {}
#endif
};
void use(const Remote<Switch>& far, ActorOwn<Light> light) {
#ifdef FIXED
  call<&Switch::own>(far, remote(light));
#else
  call<&Switch::own>(far, std::move(light));
#endif
}
