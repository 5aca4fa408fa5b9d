// must_not_compile/try_send_ignored.cpp: an item for which there was no room, and nobody knows.
// flags: -Werror=unused-result
// expect: stays with the sender
#include <troupe/thread.hpp>

using namespace troupe;

void use(const BoundedSender<int>& sender) {
#ifdef FIXED
  const Sent how = sender.try_send(1);
  if (how == Sent::full) sender.tell_room({});
#else
  sender.try_send(1);
#endif
}
