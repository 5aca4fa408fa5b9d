// ok/stop_cause_in_template.cpp: a generic supervisor names the kinds of StopCause; GCC 12 crashes
// on names that come from `using enum`.
#include <troupe/core.hpp>

template <class A> class Supervisor {
 public:
  explicit Supervisor(troupe::Cx<Supervisor>& cx) {
    child_ = troupe::make_actor<A>(cx, troupe::ret_to<&Supervisor::ended>(cx));
  }
  void ended(troupe::Cx<Supervisor>& cx, troupe::Reply<troupe::StopCause> cause) {
    if (!cause) return;
    if (*cause == troupe::StopCause::failed) cx.stop();
    switch (cause->kind()) {
      case troupe::StopCause::stopped:
      case troupe::StopCause::killed:
      case troupe::StopCause::dropped:
      case troupe::StopCause::lost:
      case troupe::StopCause::Kind::failed:
        return;
    }
  }

 private:
  troupe::ActorOwn<A> child_;
};
struct Child {};

void run() {
  troupe::Runtime rt;
  const auto supervisor = troupe::make_actor<Supervisor<Child>>(rt, troupe::ret_nop);
}
