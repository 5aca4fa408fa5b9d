// core/timer_test.cpp: timers as programs use them; the queue below has its own test.
#include <troupe/core/timer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace timer_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

struct Clerk {
  void note(int v) { say("", v); }
  void take(Ret<int> ret, std::shared_ptr<int>) { ret(1); }
  void large(const std::string& a, const std::string& b) { say(a, b); }
  void self(Cx<Clerk>& cx) {
    after<&Clerk::note>(cx, 1s, 1);
    at<&Clerk::note>(cx, cx.now() + 2s, 2);
    timer_max<&Clerk::note>(max, cx, cx.now() + 3s, 3);
    timer_min<&Clerk::note>(min, cx, cx.now() + 4s, 4);
  }
  void push(Cx<Clerk>& cx, int v) { timer_max<&Clerk::note>(max, cx, cx.now() + 3s, v); }
  void pull(Cx<Clerk>& cx, Duration in, int v) {
    timer_min<&Clerk::note>(min, cx, cx.now() + in, v);
  }
  MaxTimerKey max;
  MinTimerKey min;
};

class TimerDoorTest : public troupe_test::RecordedTest {
 protected:
  Runtime rt;
  ActorOwn<Clerk> own = make_actor<Clerk>(rt, ret_nop);
};

TEST_F(TimerDoorTest, ForEverInAnyUnitIsTheEndOfTime) {
  using std::chrono::hours;
  using Hour = std::chrono::time_point<Clock, hours>;
  rt.run(at_s(1));
  after(rt, hours::max(), [] { say("late"); });
  after<&Clerk::note>(own, std::chrono::years(300), 1);
  at(rt, Hour::max(), [] { say("late"); });
  at<&Clerk::note>(own, Hour::max(), 2);
  MaxTimerKey max_key, other_max;
  MinTimerKey min_key, other_min;
  timer_max(max_key, rt, Hour::max(), [] { say("late"); });
  timer_max<&Clerk::note>(other_max, own, Hour::max(), 3);
  timer_min(min_key, rt, Hour::max(), [] { say("late"); });
  timer_min<&Clerk::note>(other_min, own, Hour::max(), 4);
  EXPECT_TRUE(timer_update(rt, max_key, Hour::max()));
  EXPECT_TRUE(timer_update(rt, min_key, Hour::max()));
  run_virtual(rt, at_s(1) + std::chrono::years(100));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(rt.live_timers(), 8u);
  rt.run(Hour::max());
  EXPECT_EQ(told(), "late 1 late 2 late 3 late 4") << "it is the last instant there is";
  after(rt, hours::min(), [] { say("past"); });
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
}

TEST_F(TimerDoorTest, AllKindsCallTheirActorOnce) {
  call<&Clerk::self>(own);
  rt.run();
  for (int s = 1; s < 10; ++s) rt.run(at_s(s));
  EXPECT_EQ(told(), "1 2 3 4");
}

TEST_F(TimerDoorTest, OrderIsExactAlsoOverABigJump) {
  at<&Clerk::note>(own, at_s(3), 3);
  at<&Clerk::note>(own, at_s(1), 1);
  at<&Clerk::note>(own, at_s(2) + 1ns, 22);
  at<&Clerk::note>(own, at_s(2), 21);
  at<&Clerk::note>(own, at_s(3), 4);
  MaxTimerKey max;
  timer_max<&Clerk::note>(max, own, at_s(1), 5);
  EXPECT_TRUE(timer_update(rt, max, at_s(4)));
  MinTimerKey min;
  timer_min<&Clerk::note>(min, own, at_s(90), 0);
  EXPECT_TRUE(timer_update(rt, min, at_s(2) + 5ns));
  rt.run(at_s(1'000'000));
  EXPECT_EQ(told(), "1 21 22 0 3 4 5") << "by target, not by waypoint";
}

TEST_F(TimerDoorTest, AMaxTimerIsPushedOnAndAMinTimerPulledIn) {
  for (int s = 0; s < 5; ++s) {
    call<&Clerk::push>(own, s);
    rt.run(at_s(s));
  }
  EXPECT_EQ(told(), "");
  rt.run(at_s(6));
  EXPECT_EQ(told(), "");
  rt.run(at_s(7));
  EXPECT_EQ(told(), "0") << "the arguments of the first";
  call<&Clerk::pull>(own, 10s, 1);
  call<&Clerk::pull>(own, 5s, 2);
  call<&Clerk::pull>(own, 8s, 3);
  rt.run(at_s(7));
  rt.run(at_s(11));
  EXPECT_EQ(told(), "");
  rt.run(at_s(12));
  EXPECT_EQ(told(), "1");
}

TEST_F(TimerDoorTest, DeletedOnesDoNotFireAndStaleKeysAreHarmless) {
  auto counted = std::make_shared<int>(0);
  const FixedTimerKey key =
      after(rt, 1s, [](const std::shared_ptr<int>&) { say("never"); }, counted);
  const FixedTimerKey large =
      after<&Clerk::large>(own, 1s, std::string(40, 'a'), std::string(40, 'b'));
  EXPECT_TRUE(timer_active(rt, key));
  EXPECT_TRUE(timer_delete(rt, key));
  EXPECT_EQ(counted.use_count(), 1) << "destroyed at once";
  EXPECT_FALSE(timer_active(rt, key));
  EXPECT_FALSE(timer_delete(rt, key));
  EXPECT_TRUE(timer_delete(rt, large));
  EXPECT_FALSE(timer_delete(rt, FixedTimerKey()));
  EXPECT_FALSE(timer_update(rt, MaxTimerKey(), at_s(9)));
  EXPECT_FALSE(timer_update(rt, MinTimerKey(), at_s(9)));
  rt.run(at_s(5));
  EXPECT_EQ(told(), "");
  static_assert(sizeof(FixedTimerKey) == 8 && sizeof(MaxTimerKey) == 8 && sizeof(MinTimerKey) == 8);
}

TEST_F(TimerDoorTest, LargeArgumentsTravel) {
  after<&Clerk::large>(own, 1s, std::string(40, 'a'), "b");
  after(
      rt, 1s, [](const std::string& a, const std::string& b) { say(a, b); }, std::string("x"),
      std::string("y"));
  rt.run(at_s(1));
  EXPECT_EQ(told(), std::string(40, 'a').append("b xy"));
}

TEST_F(TimerDoorTest, ATimerForAnActorInPrepIsHeld) {
  auto prep = make_actor_new<Clerk>(rt, ret_nop);
  after<&Clerk::note>(prep, 1s, 1);
  rt.run(at_s(1));
  EXPECT_EQ(told(), "");
  init(prep);
  rt.run();
  EXPECT_EQ(told(), "1");
}

TEST_F(TimerDoorTest, TheEndOfTimeIsNotOverrun) {
  rt.run(at_s(10));
  after(rt, Duration::max(), [] { say("never"); });
  EXPECT_EQ(rt.next_expiry(), Instant::max());
  after(rt, -5s, [] { say("past"); });
  rt.run(at_s(10) + 1ns);
  EXPECT_EQ(told(), "past");
}

TEST_F(TimerDoorTest, AnInactivityLimitFires) {
  MaxTimerKey key;
  timer_max(key, rt, at_s(1), [](int v) { say("idle", v); }, 1);
  timer_max(key, rt, at_s(2), [](int v) { say("idle", v); }, 2);
  MinTimerKey min;
  timer_min(min, rt, at_s(5), [](Core& core) { say("min", core.now() == at_s(3)); });
  timer_min(min, rt, at_s(3), [](Core&) { say("other"); });
  rt.run(at_s(1));
  EXPECT_EQ(told(), "");
  rt.run(at_s(2));
  EXPECT_EQ(told(), "idle1");
  rt.run(at_s(3));
  EXPECT_EQ(told(), "min1");
  timer_max(key, rt, at_s(4), [](int v) { say("again", v); }, 3);
  rt.run(at_s(4));
  EXPECT_EQ(told(), "again3");
}

TEST(TimerTime, InstantsBeforeTheEpochAreLikeAnyOther) {
  told();
  Runtime rt(Instant(-10s));
  after(rt, 5s, [](Core& core) { say("", core.now().time_since_epoch() / 1s); });
  EXPECT_EQ(rt.next_wait(Instant(-10s)), 5s);
  rt.run(Instant(-5s));
  EXPECT_EQ(told(), "-5");
  after(rt, Duration::max(), [] { say("never"); });
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::max()) << "more than any wait can say";
  EXPECT_EQ(rt.next_wait_max(rt.now(), 1s, false), 1s);
  rt.run(Instant(5s));
  EXPECT_EQ(told(), "");
}

TEST(TimerTime, TheEndsOfTimeAreNotOverrun) {
  EXPECT_EQ(detail::later(Instant::min(), Duration::max()), Instant(-1ns));
  EXPECT_EQ(detail::later(Instant(1ns), Duration::max()), Instant::max());
  EXPECT_EQ(detail::later(Instant(-2ns), Duration::min()), Instant::min());
  EXPECT_EQ(detail::until(Instant::min(), Instant::max()), Duration::max());
  EXPECT_EQ(detail::until(Instant(1s), Instant(0s)), 0s);
  told();
  Runtime rt(Instant::min());
  after(rt, 1s, [] { say("early"); });
  at(rt, Instant::max(), [] { say("late"); });
  run_virtual(rt);
  EXPECT_EQ(told(), "early late");
  EXPECT_EQ(rt.now(), Instant::max());
}

struct AddsTimersWhenItDies {
  std::shared_ptr<int> held;
  ActorOwn<Clerk> clerk;
  ~AddsTimersWhenItDies() {
    after<&Clerk::take>(clerk, 1s, tell_int("call"), held);
    after(*Core::current(), 1s, [](std::shared_ptr<int>) { say("never"); }, held);
    MaxTimerKey max;
    timer_max<&Clerk::take>(max, clerk, at_s(9), tell_int("max"), held);
    MinTimerKey min;
    timer_min<&Clerk::take>(min, clerk, at_s(9), tell_int("min"), held);
  }
};

TEST(TimerEnd, TimersMadeWhileTheRuntimeEndsAreRefused) {
  told();
  const auto held = std::make_shared<int>(1);
  std::optional<Deferrer> left;  // keeps the core
  {
    Runtime rt;
    left = rt.core().deferrer();
    auto own = make_actor<AddsTimersWhenItDies>(rt, ret_nop, held, make_actor<Clerk>(rt, ret_nop));
    rt.run();
  }
  EXPECT_EQ(told(), "call!runtime ended max!runtime ended min!runtime ended");
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace timer_test
}  // namespace troupe
