// must_not_compile/piped_thread_ret.cpp: a PipedThread whose items hold a Ret.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

struct Request {
  int number;
#ifdef FIXED
  SendableRet<int> ret;
#else
  Ret<int> ret;
#endif
};
void work(PipedLink<Request, int>& link) {
  while (link.recv()) {}
}
void use(Core& core) { PipedThread<Request, int> thread(core, fwd_nop, ret_nop, &work); }
