// core/timer_key_test.cpp: keys are small values that never name a timer unless they were given
// out.
#include <troupe/core/timer_key.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <type_traits>

namespace troupe {
namespace timer_key_test {

using namespace std::chrono_literals;

TEST(TimerKeyTest, EightBytesTriviallyCopiedAndDefaultNamesNothing) {
  static_assert(sizeof(FixedTimerKey) == 8 && std::is_trivially_copyable_v<FixedTimerKey>);
  static_assert(!std::is_convertible_v<FixedTimerKey, MaxTimerKey>);
  Runtime rt;
  EXPECT_FALSE(timer_active(rt, FixedTimerKey{}));
  EXPECT_FALSE(timer_delete(rt, MaxTimerKey{}));
  EXPECT_FALSE(timer_update(rt, MinTimerKey{}, Instant(1s)));
}

TEST(TimerKeyTest, AStaleKeyIsHarmlessAlsoWhenItsSlotIsUsedAgain) {
  Runtime rt;
  int fired = 0;
  const auto count = [](int* n) { ++*n; };
  const FixedTimerKey old = after(rt, 1s, count, unsafe_borrow(&fired));
  EXPECT_EQ(old, FixedTimerKey(old));
  rt.run(Instant(2s));
  EXPECT_EQ(fired, 1);
  const FixedTimerKey fresh = after(rt, 1s, count, unsafe_borrow(&fired));
  EXPECT_NE(old, fresh);
  EXPECT_FALSE(timer_delete(rt, old));
  EXPECT_TRUE(timer_active(rt, fresh));
  rt.run(Instant(9s));
  EXPECT_EQ(fired, 2);
}

TEST(TimerKeyTest, AKeyOfAnotherRuntimeIsHarmless) {
  Runtime a, b;
  FixedTimerKey last;
  for (int i = 0; i < 3; ++i) last = after(a.core(), 1s, [] {});
  const FixedTimerKey first_of_b = after(b.core(), 1s, [] {});
  EXPECT_FALSE(timer_active(b.core(), last)) << "its slot has never been used there";
  EXPECT_FALSE(timer_delete(b.core(), last));
  EXPECT_FALSE(timer_delete(a.core(), first_of_b)) << "its slot is in use there";
  MaxTimerKey max_key;
  timer_max(max_key, a.core(), Instant(1s), [] {});
  EXPECT_FALSE(timer_update(b.core(), max_key, Instant(5s)));
  timer_max(max_key, b.core(), Instant(2s), [] {});
  EXPECT_TRUE(timer_delete(b.core(), max_key)) << "a new one was made there";
  EXPECT_EQ(a.live_timers(), 4u);
  EXPECT_EQ(b.live_timers(), 1u);
  EXPECT_TRUE(timer_delete(a.core(), last));
}

}  // namespace timer_key_test
}  // namespace troupe
