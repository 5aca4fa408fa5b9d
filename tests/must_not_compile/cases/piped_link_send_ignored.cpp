// must_not_compile/piped_link_send_ignored.cpp: a thread that sends on when nobody hears.
// expect: false: there is nobody to send to, and stop may be asked
// flags: -Werror=unused-result
#include <troupe/thread.hpp>

using namespace troupe;

void work(PipedLink<int, int>& link) {
#ifdef FIXED
  while (const auto item = link.recv())
    if (!link.send(*item)) return;
#else
  while (const auto item = link.recv()) link.send(*item);
#endif
}
