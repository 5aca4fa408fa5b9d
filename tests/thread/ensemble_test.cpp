// thread/ensemble_test.cpp: seats, and many runtimes under one virtual clock.
#include <troupe/thread/ensemble.hpp>
#include <troupe/thread/remote_watch.hpp>

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/job_out.hpp>
#include <troupe/thread/sendable_ret.hpp>

#include "support/hears_stderr.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace ensemble_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct Echo {
  void ask(int n, Ret<int> ret) { ret(n + 1); }
  void says(Cx<Echo>& cx, int n) {
    say("", n);
    if (n == 9) static_cast<Core&>(cx).shutdown(StopCause::stopped);
  }
};
Ret<int> hears() {
  return ret_do([](Reply<int> r) { say("=", r.value_or(-1)); });
}
void tick(Core& core, int left) {
  say("tick");
  if (left > 1) after(core, 1h, &tick, left - 1);
}

class EnsembleTest : public troupe_test::BalancedTest {
 protected:
  EnsembleTest() {
    all_.seat(0, a_);
    all_.seat(1, b_);
    echo_ = make_actor<Echo>(b_, ret_nop);
    far_ = remote(echo_);
  }
  Ensemble all_{2};
  Runtime a_, b_;
  ActorOwn<Echo> echo_;
  Remote<Echo> far_;
};

TEST_F(EnsembleTest, VirtualTimeIsOfAll) {
  after(a_, 5s, unsafe_capture([this](Core&) { call<&Echo::ask>(far_, 1, hears()); }));
  after(b_, 3s, [](Core& core) {
    say("at", std::chrono::duration_cast<std::chrono::seconds>(core.now() - Instant{}).count());
  });
  run_virtual(all_);
  EXPECT_EQ(told(), "at3 =2");
  EXPECT_EQ(a_.now(), b_.now());
  EXPECT_EQ(a_.now(), Instant(5s));
  run_virtual(all_, Instant(9s));
  EXPECT_EQ(b_.now(), Instant(9s));
}

TEST_F(EnsembleTest, AShutdownOfOneEndsTheRun) {
  after(a_, 1s, unsafe_capture([this](Core&) { call<&Echo::says>(far_, 9); }));
  after(a_, 2s, [](Core&) { say("late"); });
  run_virtual(all_);
  EXPECT_EQ(told(), "9");
  EXPECT_FALSE(b_.not_shutdown());
}

TEST(EnsembleOptionsTest, ASliceHoldsOneRecordAtLeast) {
  const Ensemble all(2, {.slice = 0});
  Runtime a, b;
  all.seat(0, a);
  all.seat(1, b);
  const auto echo = make_actor<Echo>(b, ret_nop);
  int heard = 0;
  call<&Echo::ask>(remote(echo), 1,
                   ret_some_do([](int& to, int n) { to = n; }, unsafe_borrow(heard)));
  run_virtual(all);
  EXPECT_EQ(heard, 2);
}

TEST_F(EnsembleTest, IdleItemsRunWhenNobodyHasWork) {
  idle(a_, [] { say("idle"); });
  after(a_, 1s, [](Core&) { say("timer"); });
  defer(a_, unsafe_capture([this] { call<&Echo::says>(far_, 1); }));
  run_virtual(all_);
  EXPECT_EQ(told(), "1 idle timer");
}

TEST_F(EnsembleTest, TimeStandsStillWhileAJobIsOut) {
  for (int round = 0; round != 20; ++round) {
    after(a_, 1h, &tick, 2);
    auto ret = sendable(b_.core(), ret_do([](Reply<>) { say("back"); }));
    std::thread thread([out = JobOut(b_), r = std::move(ret)]() mutable { r(); });
    run_virtual(all_);
    thread.join();
    EXPECT_EQ(told(), "back tick tick");
  }
}

// Whichever of them a thread sends to: none is waited for alone.
TEST_F(EnsembleTest, WhileJobsAreOutWhatComesForAnyOfThemRuns) {
  std::promise<void> heard;
  auto ret = sendable(a_.core(), ret_do(unsafe_capture([&heard](const Reply<>&) {
                        say("a");
                        heard.set_value();
                      })));
  auto end = sendable(b_.core(), ret_do([](const Reply<>&) { say("b"); }));
  std::thread thread([&, outs = std::array{JobOut(b_), JobOut(b_)}, r = std::move(ret),
                      e = std::move(end)]() mutable {
    r();
    heard.get_future().wait();
    e();
  });
  run_virtual(all_);
  thread.join();
  EXPECT_EQ(told(), "a b");
}

TEST_F(EnsembleTest, ALongWaitForJobsOfAnyIsSaidOnce) {
  const troupe_test::HearsStderr hears("run_virtual has waited 0.000 s for 3 job(s)");
  a_.set_job_warning(0s);
  b_.set_job_warning(1h);
  std::thread thread([&hears, outs = std::array{JobOut(a_), JobOut(b_), JobOut(b_)}] {
    while (hears.count() == 0) std::this_thread::yield();
  });
  run_virtual(all_);
  thread.join();
  EXPECT_EQ(hears.count(), 1u);
}

struct Owner {  // of another runtime
  explicit Owner(std::unique_ptr<Runtime>* o) : other(o) {}
  void ends() {
    other->reset();
    say("ended");
  }
  void makes(Ensemble* all, unsigned number) {
    *other = std::make_unique<Runtime>();
    all->seat(number, **other);
    defer(**other, [](Core& core) {
      say("made");
      after(core, 1h, [](Core&) { say("later"); });
    });
  }
  std::unique_ptr<Runtime>* other;
};

// Before it or behind it in the order of seats.
TEST(EnsembleHandlers, MayEndAnotherRuntimeAndMakeOne) {
  for (const unsigned its : {0u, 1u}) {
    Ensemble all(3);
    std::unique_ptr<Runtime> other = std::make_unique<Runtime>();
    Runtime rt;
    all.seat(its, *other);
    all.seat(1 - its, rt);
    const auto owner = make_actor<Owner>(rt, ret_nop, unsafe_borrow(&other));
    after(*other, 2s, [](Core&) { say("never"); });
    after<&Owner::ends>(owner, 1s);
    after<&Owner::makes>(owner, 3s, unsafe_borrow(&all), 2u);
    run_virtual(all);
    EXPECT_EQ(told(), "ended made later");
    EXPECT_EQ(rt.now(), other->now());
  }
}

using EnsembleDeathTest = EnsembleTest;
TEST_F(EnsembleDeathTest, MisuseEndsTheProcess) {
  Runtime other;
  EXPECT_DEATH(all_.seat(2, other), "no such seat");
  EXPECT_DEATH(all_.seat(1, other), "given before");
  EXPECT_DEATH(Ensemble(3).seat(2, a_), "one seat");
  EXPECT_DEATH(Ensemble(0), "1 to 64");
  EXPECT_DEATH(Ensemble(65), "1 to 64");
  auto echo = make_actor<Echo>(other, ret_nop);
  EXPECT_DEATH((void)remote(echo), "no seat in an Ensemble");
  EXPECT_DEATH((void)remote(Actor<Echo>()), "empty handle");
  EXPECT_DEATH(call<&Echo::says>(Remote<Echo>(), 1), "empty Remote");
  defer(other, unsafe_capture([this] { watch(far_, ret_do([](Reply<StopCause>) {})); }));
  EXPECT_DEATH(other.run(), "where no runtime of its ensemble is");
  told();
}

}  // namespace ensemble_test
}  // namespace troupe
