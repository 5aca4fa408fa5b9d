// must_not_compile/waker_of_plain_fwd.cpp: a Waker of a method that takes no notice.
// expect: a_Waker_tells_a_function_or_method_that_takes_a_WakerNotice
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Taker {
 public:
#ifdef FIXED
  void hear(WakerNotice) {}
#else
  void hear() {}
#endif
};
void use(Cx<Taker>& cx) {
  Waker made(cx, fwd_to<&Taker::hear>(cx));
  (void)made;
}
