// must_not_compile/piped_thread_fwd.cpp: a Fwd that is handed to a thread.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

using Link = PipedLink<int, int>;
#ifdef FIXED
using To = Sender<int>;
#else
using To = Fwd<int>;
#endif
void work(Link&, To) {}
void use(Core& core, To to) {
  PipedThread<int, int> thread(core, fwd_nop, ret_nop, &work, std::move(to));
}
