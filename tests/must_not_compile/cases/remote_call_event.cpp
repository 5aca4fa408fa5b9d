// must_not_compile/remote_call_event.cpp: a loan is no cure for what belongs to a runtime.
// expect: an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Light {
 public:
  void set(int) {}
  void on(Event&) {}
};
void use(const Remote<Light>& far, Event& event) {
#ifdef FIXED
  (void)event;
  call<&Light::set>(far, 1);
#else
  call<&Light::on>(far, event);
#endif
}
