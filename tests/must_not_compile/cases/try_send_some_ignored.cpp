// must_not_compile/try_send_some_ignored.cpp: how many items there was room for is not looked at.
// flags: -Werror=unused-result
// expect: stays with the sender
#include <troupe/thread.hpp>

using namespace troupe;

std::size_t use(const BoundedSender<int>& sender, std::span<int> items) {
#ifdef FIXED
  return sender.try_send(items);
#else
  sender.try_send(items);
  return 0;
#endif
}
