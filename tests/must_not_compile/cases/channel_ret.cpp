// must_not_compile/channel_ret.cpp: a channel of what holds a Ret.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <optional>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
struct Request {
  int number;
  SendableRet<int> ret;
};
#else
struct Request {
  int number;
  Ret<int> ret;
};
#endif
void use(Core& core, Fwd<std::optional<Request>> fwd) {
  auto made = channel<Request>(core, std::move(fwd));
  (void)made;
}
