// must_not_compile/channel_send_ignored.cpp: what was sent to nobody is not noticed.
// expect: false: the receiver has gone
// flags: -Werror=unused-result
#include <troupe/thread.hpp>

using namespace troupe;

void use(const Sender<int>& sender) {
#ifdef FIXED
  if (!sender.send(1)) return;
#else
  sender.send(1);
#endif
}
