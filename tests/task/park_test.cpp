// task/park_test.cpp: tasks that foreign code does not let go of: what their actor, its owner and the runtime do.
#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

std::coroutine_handle<> held;  // by foreign code
struct Holds {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() { say("result"); }
};
struct Owner {
  Task<> wait(Cx<Owner>&) {
    const SaysBye local("~local");
    co_await Holds();
    say("never");
  }
  ~Owner() { say("~owner"); }
};
Ret<StopCause> tell_parked() {
  return ret_some_do([](StopCause cause) { say(troupe_test::word(cause.kind()), cause.parked()); });
}

struct ParkTest : troupe_test::RecordedTest {
  void TearDown() override { held = {}; }
};

TEST_F(ParkTest, TheNoticeWaitsForParkedTasks) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  rt.run();
  EXPECT_TRUE(owner.is_zombie());
  EXPECT_EQ(told(), "");
  rt.run(rt.now() + 4999ms);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner killed0");
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(ParkTest, ARuntimeThatEndsTakesWhatWasLetGoJustBefore) {
  {
    Runtime rt;
    auto owner = make_actor<Owner>(rt, tell_parked());
    call<&Owner::wait>(owner);
    rt.run();
    owner.kill("enough");
    rt.run();
    held.resume();  // its wake is still queued
  }
  EXPECT_EQ(told(), "result ~local ~owner killed0");
}

TEST_F(ParkTest, ButOnlySoLong) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), Instant{} + 5s);
  EXPECT_EQ(told(), "killed1") << "its state stays until they are done";
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner");
}

TEST_F(ParkTest, TheLimitCanBeSet) {
  Runtime rt;
  rt.set_park_limit(10ms);
  auto owner = make_actor<Owner>(rt, tell_parked());
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  run_virtual(rt);
  EXPECT_EQ(rt.now(), Instant{} + 10ms);
  EXPECT_EQ(told(), "killed1");
  held.destroy();
  EXPECT_EQ(told(), "~local ~owner") << "at once";
}

TEST_F(ParkTest, WithoutANoticeThereIsNoTimer) {
  Runtime rt;
  auto owner = make_actor<Owner>(rt, ret_nop);
  call<&Owner::wait>(owner);
  rt.run();
  owner.kill("enough");
  rt.run();
  EXPECT_EQ(rt.live_timers(), 0u);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result ~local ~owner");
}

TEST_F(ParkTest, ARuntimeThatEndsAnswersAndLeavesThem) {
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_end_wait(0ms);
    auto owner = make_actor<Owner>(rt, tell_parked());
    call<&Owner::wait>(owner);
    spawn(
        rt,
        []() -> Task<int> {
          std::coroutine_handle<> other = std::exchange(held, {});
          co_await Holds();
          held = other;
          co_return 1;
        },
        tell_int("task"));
    rt.run();
  }
  const std::string words = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told(), "task!runtime ended dropped1") << "each Ret is answered";
  EXPECT_NE(words.find("foreign code never let go"), std::string::npos) << words;
  EXPECT_NE(words.find("park_test.cpp:"), std::string::npos) << words;
  held.resume();  // too late, and harmless
  EXPECT_EQ(told(), "");
}

TEST_F(ParkTest, ResumedFromAnotherThreadAfterTheRuntimeHasGone) {
  int wakes = 0;
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_poll_waker([&] { ++wakes; });
    rt.set_end_wait(0ms);
    spawn(
        rt,
        []() -> Task<int> {
          const SaysBye local("~local");
          co_await Holds();
          co_return 1;
        },
        tell_int("task"));
    rt.run();
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("foreign code never let go"), std::string::npos);
  EXPECT_EQ(told(), "task!runtime ended");
  const std::uint64_t misuses = foreign_misuses();
  std::string there;
  std::thread([&there] {
    held.resume();  // too late, and harmless
    held.destroy();
    there = told();
  }).join();
  EXPECT_EQ(there, "");
  EXPECT_EQ(told(), "");
  EXPECT_EQ(wakes, 0) << "the host may have gone, too";
  EXPECT_EQ(foreign_misuses(), misuses + 1) << "of the two, one came too often";
}

Task<> holds() { co_await Holds(); }

TEST_F(ParkTest, WhereverTheFrameOfSuchATaskLies) {
  testing::internal::CaptureStderr();
  {
    Runtime rt;
    rt.set_end_wait(0ms);
    Task<> made_outside_of_a_run = holds();
    spawn(rt, std::move(made_outside_of_a_run));
    rt.run();
  }
  held.resume();
  Runtime one;
  std::optional<Runtime> two;
  two.emplace();
  two->set_end_wait(0ms);
  defer(one, [](Runtime* other) { spawn(*other, holds()); }, unsafe_borrow(&*two));
  one.run();
  two->run();
  two.reset();
  held.resume();
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(told(), "") << "too late, and harmless";
}

TEST_F(ParkTest, ARuntimeThatEndsWaitsForOtherThreads) {
  std::thread other;
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    spawn(
        rt,
        []() -> Task<int> {
          const SaysBye local("~local");
          co_await Holds();
          co_return 1;
        },
        tell_int("task"));
    rt.run();
    rt.set_end_wait(60s);
    other = std::thread([] { held.resume(); });
  }
  other.join();
  const std::string words = told();
  EXPECT_TRUE(words == "task!runtime ended result ~local" || words == "result ~local task!runtime ended") << words;
}

}  // namespace
}  // namespace troupe
