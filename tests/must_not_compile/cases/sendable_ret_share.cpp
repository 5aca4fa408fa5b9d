// must_not_compile/sendable_ret_share.cpp: an answer of another thread that is a Share.
// expect: what_belongs_to_one_runtime_stays_on_its_thread_send_sendable_of_a_Ret_or_Fwd
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Answer = int;
#else
using Answer = Share<int>;
#endif
void use(Core& core, Ret<Answer> ret) {
  auto made = sendable(core, std::move(ret));
  (void)made;
}
