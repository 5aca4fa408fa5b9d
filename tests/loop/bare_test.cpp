// loop/bare_test.cpp: the least loop, on the real clock: its waits are too short to matter.
#include <troupe/loop/bare.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "loop/from_threads.hpp"
#include "loop/signals.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace bare_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

using BareTest = troupe_test::RecordedTest;

TEST_F(BareTest, RunsTimersInTheirOrderAndNeverEarly) {
  const Instant began = Clock::now();
  Runtime rt(began);
  after(rt, 2ms, [](Core& core) {
    say("b");
    core.shutdown(StopCause(StopCause::failed, Error("enough")));
  });
  after(rt, 1ms, [] { say("a"); });
  const StopCause cause = run(rt);
  EXPECT_GE(Clock::now() - began, 2ms);
  EXPECT_EQ(told(), "a b");
  EXPECT_EQ(cause, StopCause::failed);
  EXPECT_EQ(cause.error().text(), "enough");
  EXPECT_TRUE(rt.not_shutdown()) << "the cause was taken";
}

TEST_F(BareTest, TimersThatWereSetBeforeTheTimeWasKnownAreRefused) {
  Runtime rt;
  after(rt, 1h, [] {});
  EXPECT_DEATH(run(rt), "make it with Runtime rt.Clock::now");
}

TEST_F(BareTest, MayBeRunAgain) {
  Runtime rt(Clock::now());
  for (int i = 0; i < 3; ++i) {
    defer(rt, [](Core& core, int n) { say("run", n), core.shutdown(StopCause::stopped); }, i);
    EXPECT_EQ(run(rt), StopCause::stopped);
  }
  EXPECT_EQ(told(), "run0 run1 run2");
}

TEST_F(BareTest, AShutdownBeforeItRunsRunsNothing) {
  Runtime rt(Clock::now());
  rt.core().shutdown(StopCause::stopped);
  defer(rt, [] { say("never"); });
  run(rt);
  EXPECT_EQ(told(), "");
}

TEST_F(BareTest, IdleItemsRunOneByOneWhenNothingElseIsThere) {
  Runtime rt(Clock::now());
  for (int i = 0; i < 3; ++i)
    idle(
        rt,
        [](Core& core, int n) {
          say("idle", n);
          defer(
              core,
              [](Core& c, int k) {
                say("then", k);
                if (k == 2) c.shutdown(StopCause::stopped);
              },
              n);
        },
        i);
  defer(rt, [] { say("first"); });
  run(rt);
  EXPECT_EQ(told(), "first idle0 then0 idle1 then1 idle2 then2");
}

TEST_F(BareTest, ABusyActorDoesNotKeepTimersFromComing) {
  Runtime rt(Clock::now());
  struct Busy {
    void spin(Cx<Busy>& cx) { call<&Busy::spin>(cx); }
  };
  auto busy = make_actor<Busy>(rt, ret_nop);
  call<&Busy::spin>(busy);
  after(rt, 1ms, [](Core& core) { core.shutdown(StopCause::stopped); });
  EXPECT_EQ(run(rt), StopCause::stopped);
}

TEST_F(BareTest, LooksForWorkBeforeItSleepsIfItIsToldSo) {
  const Instant began = Clock::now();
  Runtime rt(began);
  BareLoop loop(rt);
  loop.set_spin(1s);
  after(rt, 2ms,
        [](Core& core) { after(core, 1ms, [](Core& c) { c.shutdown(StopCause::stopped); }); });
  loop.run();
  EXPECT_GE(Clock::now() - began, 3ms);
  EXPECT_LT(Clock::now() - began, 1s) << "what comes while it looks is found";
}

TEST_F(BareTest, TwoLoopsWakeEachOther) {
  for (const Duration spin : {Duration(0us), Duration(2us), Duration(50us)})
    troupe_test::play_to_and_fro<BareLoop>(1000, spin);
  const Instant began = Clock::now();
  troupe_test::play_to_and_fro<BareLoop>(10, 1s);
  EXPECT_LT(Clock::now() - began, 1s) << "what comes while they look is found";
}

TEST_F(BareTest, OtherThreadsWakeItWhileItLooksAndWhileItSleeps) {
  Runtime rt(Clock::now());
  BareLoop loop(rt);
  loop.set_spin(20us);
  EXPECT_EQ(troupe_test::come_home(rt, 50, [&] { loop.run(); }), 50);
}

TEST_F(BareTest, OtherThreadsWakeIt) {
  Runtime rt(Clock::now());
  EXPECT_EQ(troupe_test::come_home(rt, 50, [&] { run(rt); }), 50);
}

TEST_F(BareTest, WhatADeferredFunctionThrowsPassesThroughAndItMayGoOn) {
  Runtime rt(Clock::now());
  BareLoop loop(rt);
  defer(rt, [] { throw std::runtime_error("oh"); });
  defer(rt, [](Core& core) { core.shutdown(StopCause::stopped); });
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(loop.run(), StopCause::stopped);
}

TEST_F(BareTest, SignalsEndIt) { troupe_test::expect_signals_to_end_it<BareLoop>(); }
TEST_F(BareTest, ASignalLetsTheProgramFinishItsWork) {
  troupe_test::expect_a_signal_to_let_the_program_finish<BareLoop>();
}
TEST_F(BareTest, ASignalEndsTheProgramAtTheLimit) {
  troupe_test::expect_a_signal_to_end_it_at_the_limit<BareLoop>();
}
TEST_F(BareTest, ASecondSignalHasItsUsualEffect) {
  troupe_test::expect_a_second_signal_to_have_its_usual_effect<BareLoop>();
}

TEST_F(BareTest, MayOutliveItsRuntime) {
  auto rt = std::make_unique<Runtime>(Clock::now());
  auto loop = std::make_unique<BareLoop>(*rt);
  rt.reset();
  loop.reset();
}

}  // namespace bare_test
}  // namespace troupe
