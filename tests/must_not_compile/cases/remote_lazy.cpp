// must_not_compile/remote_lazy.cpp: another runtime's lazy queue.
// expect: the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(int) {}
};
void use(const Remote<Light>& far) {
#ifdef FIXED
  call<&Light::set>(far, 1);
#else
  lazy<&Light::set>(far, 1);
#endif
}
