// must_not_compile/sendable_ret_share.cpp: an answer of another thread that is a Share.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
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
