// must_not_compile/remote_call_which_crosses.cpp: the error names the argument that does not cross.
// expect: an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself
// expect: argument<2,
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(int) {}
  void follow(int, Actor<Light>) {}
  void follow_far(int, Remote<Light>) {}
};
void use(const Remote<Light>& far, const Actor<Light>& near) {
#ifdef FIXED
  call<&Light::follow_far>(far, 1, remote(near));
#else
  call<&Light::follow>(far, 1, near);
#endif
}
