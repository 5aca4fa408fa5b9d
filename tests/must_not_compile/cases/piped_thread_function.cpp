// must_not_compile/piped_thread_function.cpp: a function object takes an Actor to a thread.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <troupe/thread.hpp>

using namespace troupe;

class Light {};
using Link = PipedLink<int, int>;
#ifdef FIXED
using Whom = Remote<Light>;
#else
using Whom = Actor<Light>;
#endif
struct Works {
  Whom whom;
  void operator()(Link& link) const { (void)link.send(1); }
};
void use(Core& core, Works works) {
  PipedThread<int, int> thread(core, fwd_nop, ret_nop, std::move(works));
}
