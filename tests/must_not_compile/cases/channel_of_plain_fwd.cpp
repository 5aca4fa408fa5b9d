// must_not_compile/channel_of_plain_fwd.cpp: a channel to a method that hears of no end.
// expect: the_receiver_of_a_channel_takes_a_std_optional_of_T_and_no_value_is_the_end
#include <optional>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

class Taker {
 public:
#ifdef FIXED
  void take(std::optional<int>) {}
#else
  void take(int) {}
#endif
};
void use(Cx<Taker>& cx) {
  auto made = channel<int>(cx, fwd_to<&Taker::take>(cx), 10);
  (void)made;
}
