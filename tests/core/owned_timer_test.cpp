// core/owned_timer_test.cpp: timers that end with what they are for.
#include <troupe/core/owned_timer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace owned_timer_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

struct Clerk {
  void note(int v) { say("", v); }
  void wait(Cx<Clerk>& cx, int v) { timer.after<&Clerk::note>(cx, 1h, v); }
  void end(Cx<Clerk>& cx) { cx.stop(); }
  FixedTimer timer;
};

class OwnedTimerTest : public troupe_test::OneRuntimeTest {
 protected:
  void run_at(int seconds) { rt.run(at_s(seconds)); }
  ActorOwn<Clerk> own = make_actor<Clerk>(rt, ret_nop);
};

TEST_F(OwnedTimerTest, CallsItsTargetOnceAndInTime) {
  FixedTimer timer;
  EXPECT_FALSE(timer.is_active());
  timer.at<&Clerk::note>(own, at_s(2), 1);
  EXPECT_TRUE(timer.is_active());
  run_at(1);
  EXPECT_EQ(told(), "");
  run_at(2);
  EXPECT_EQ(told(), "1");
  EXPECT_FALSE(timer.is_active());
  EXPECT_FALSE(timer.cancel());
  timer.after<&Clerk::note>(own, 1s, 2);
  run_at(3);
  EXPECT_EQ(told(), "2");
}

TEST_F(OwnedTimerTest, RunsAFunction) {
  FixedTimer timer;
  timer.after(rt, 1s, [](Core& core, int v) { say(core.now() == at_s(1) ? "at 1s, " : "", v); }, 7);
  run_at(1);
  EXPECT_EQ(told(), "at 1s, 7");
  timer.at(rt, at_s(2), [] { say("again"); });
  run_at(2);
  EXPECT_EQ(told(), "again");
}

TEST_F(OwnedTimerTest, EndsWithItself) {
  {
    FixedTimer timer;
    timer.after<&Clerk::note>(own, 1s, 1);
    EXPECT_EQ(rt.live_timers(), 1u);
  }
  EXPECT_EQ(rt.live_timers(), 0u);
  run_at(2);
  EXPECT_EQ(told(), "");
}

TEST_F(OwnedTimerTest, EndsWithTheActorWhoseMemberItIs) {
  call<&Clerk::wait>(own, 1);
  rt.run();
  EXPECT_EQ(rt.live_timers(), 1u);
  call<&Clerk::end>(own);
  rt.run();
  EXPECT_EQ(rt.live_timers(), 0u);
  EXPECT_EQ(rt.next_expiry(), std::nullopt);
}

TEST_F(OwnedTimerTest, CancelDropsTheRetsThatItWouldHaveAnswered) {
  std::optional<Why> why;
  FixedTimer timer;
  timer.after(
      rt, 1s, [](Ret<int> ret) { ret(1); },
      ret_do<int>([](std::optional<Why>& to, Reply<int> reply) { to = reply.error().why(); },
                  unsafe_borrow(why)));
  EXPECT_TRUE(timer.cancel());
  EXPECT_FALSE(timer.is_active());
  EXPECT_EQ(why, Why::dropped);
}

TEST_F(OwnedTimerTest, WhatIsQueuedComesThoughTheTimerGoes) {
  FixedTimer timer;
  after(
      rt, 1s, [](FixedTimer& due) { say(due.cancel() ? "cancelled" : "too late"); },
      unsafe_borrow(timer));
  timer.after<&Clerk::note>(own, 1s, 1);
  run_at(1);
  EXPECT_EQ(told(), "too late 1");
}

TEST_F(OwnedTimerTest, AFixedTimerTakesThePlaceOfTheFormer) {
  FixedTimer timer;
  timer.after<&Clerk::note>(own, 1s, 1);
  timer.after<&Clerk::note>(own, 3s, 2);
  EXPECT_EQ(rt.live_timers(), 1u);
  run_at(2);
  EXPECT_EQ(told(), "");
  run_at(3);
  EXPECT_EQ(told(), "2");
}

TEST_F(OwnedTimerTest, AMaxTimerIsPushedOnAndNeverBack) {
  MaxTimer timer;
  timer.at<&Clerk::note>(own, at_s(2), 1);
  timer.at<&Clerk::note>(own, at_s(5), 2);
  timer.at<&Clerk::note>(own, at_s(3), 3);
  EXPECT_EQ(rt.live_timers(), 1u);
  run_at(4);
  EXPECT_EQ(told(), "");
  run_at(5);
  EXPECT_EQ(told(), "1");
}

TEST_F(OwnedTimerTest, AMinTimerIsPulledToTheEarliest) {
  MinTimer timer;
  timer.after<&Clerk::note>(own, 5s, 1);
  timer.after<&Clerk::note>(own, 2s, 2);
  timer.after<&Clerk::note>(own, 3s, 3);
  EXPECT_EQ(rt.live_timers(), 1u);
  run_at(2);
  EXPECT_EQ(told(), "1");
}

TEST_F(OwnedTimerTest, MovesAndIsAssignedOver) {
  FixedTimer first;
  first.after<&Clerk::note>(own, 1s, 1);
  FixedTimer second = std::move(first);
  EXPECT_FALSE(first.is_active());  // NOLINT: what was moved from is empty
  EXPECT_TRUE(second.is_active());
  FixedTimer third;
  third.after<&Clerk::note>(own, 1s, 3);
  third = std::move(second);
  EXPECT_EQ(rt.live_timers(), 1u);
  run_at(1);
  EXPECT_EQ(told(), "1");
}

TEST_F(OwnedTimerTest, ATargetOfAnotherRuntimeGetsATimerThere) {
  Runtime other;
  MaxTimer timer;
  {
    const auto there = make_actor<Clerk>(other, ret_nop);
    timer.at<&Clerk::note>(own, at_s(1), 1);
    timer.at<&Clerk::note>(there, at_s(2), 2);
    EXPECT_EQ(rt.live_timers(), 0u);
    EXPECT_EQ(other.live_timers(), 1u);
    run_at(3);
    other.run(at_s(2));
    EXPECT_EQ(told(), "2");
  }
  other.run();
}

TEST_F(OwnedTimerTest, OutlivesItsRuntime) {
  FixedTimer timer, late;
  {
    Runtime other;
    timer.after(other, 1s, [] { say("never"); });
    late.after(other, 1s, [] {});
  }
  EXPECT_FALSE(timer.is_active());
  EXPECT_FALSE(timer.cancel());
  late = FixedTimer();
}

#if TROUPE_EXCEPTIONS
TEST_F(OwnedTimerTest, WithoutMemoryTheFormerGoesOn) {
  FixedTimer timer;
  timer.after<&Clerk::note>(own, 1s, 1);
  std::vector<FixedTimer> others(10'000);
  bool lacked = false;
  for (std::size_t i = 0; i < others.size() && !lacked; ++i) {
    troupe_test::FailAllocation failing(0, true);
    try {
      others[i].after(rt, 2s, [] { say("never"); });
    } catch (const std::bad_alloc&) {
      lacked = true;
    }
  }
  ASSERT_TRUE(lacked);
  const std::size_t before = rt.live_timers();
  {
    troupe_test::FailAllocation failing(0, true);
    EXPECT_THROW(timer.after<&Clerk::note>(own, 3s, 2), std::bad_alloc);
  }
  EXPECT_EQ(rt.live_timers(), before);
  others.clear();
  run_at(1);
  EXPECT_EQ(told(), "1");
}
#endif

}  // namespace owned_timer_test
}  // namespace troupe
