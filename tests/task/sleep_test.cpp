// task/sleep_test.cpp: waiting for time.
#include <troupe/task/sleep.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace sleep_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

using SleepTest = troupe_test::RecordedTest;

Task<> nap(Core& core, Duration d, int n) {
  const Instant before = core.now();
  co_await sleep(d);
  EXPECT_GE(core.now() - before, d) << "never early";
  say("n", n);
}

TEST_F(SleepTest, WakesInOrderOfTimeThenOfBeginning) {
  Runtime rt;
  spawn(rt, nap(rt, 3s, 3));
  spawn(rt, nap(rt, 1s, 1));
  spawn(rt, nap(rt, 1s, 2));
  spawn(rt, nap(rt, 0s, 0));
  run_virtual(rt);
  EXPECT_EQ(told(), "n0 n1 n2 n3");
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(SleepTest, ForEverInAnyUnit) {
  Runtime rt(Instant(1s));
  spawn(rt, []() -> Task<> {
    co_await sleep(std::chrono::hours::max());
    say("never");
  });
  spawn(rt, []() -> Task<> {
    co_await sleep_until(std::chrono::time_point<Clock, std::chrono::hours>::max());
    say("never");
  });
  spawn(rt, []() -> Task<> {
    co_await sleep(std::chrono::hours::min());
    say("at once");
  });
  run_virtual(rt, Instant(1s) + std::chrono::years(100));
  EXPECT_EQ(told(), "at once");
  EXPECT_EQ(rt.live_tasks(), 2u);
}

TEST_F(SleepTest, UntilAnInstant) {
  Runtime rt;
  spawn(rt, [](Core& core) -> Task<> {
    co_await sleep_until(Instant(5s));
    EXPECT_EQ(core.now(), Instant(5s));
    co_await sleep_until(Instant(2s));  // past: the next greater instant
    EXPECT_GT(core.now(), Instant(5s));
    say("done");
  });
  run_virtual(rt);
  EXPECT_EQ(told(), "done");
}

TEST_F(SleepTest, ADroppedSleeperTakesItsTimerAlong) {
  Runtime rt;
  const TaskRef ref = spawn(rt, nap(rt, 3s, 3));
  rt.run();
  EXPECT_EQ(rt.live_timers(), 1u);
  ref.cancel();
  EXPECT_EQ(rt.live_timers(), 0u);
  run_virtual(rt);
  EXPECT_EQ(told(), "");
}

}  // namespace sleep_test
}  // namespace troupe
