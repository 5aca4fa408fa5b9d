// thread/ensemble_alive_test.cpp: numbers of runtimes, and who waits for whom across them.
#include <troupe/thread/ensemble_alive.hpp>

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/ensemble_threads.hpp>
#include <troupe/thread/remote_watch.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace ensemble_alive_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct Asker {
  void got(Reply<int> n) { say("got", n.value_or(-1)); }
};
struct Holder {
  void get(Ret<int> ret) { kept = std::move(ret); }
  void hears(Cx<Holder>& cx) { info(cx, "heard"); }
  void fails(Cx<Holder>& cx, Ret<int>) { cx.fail("no"); }
  void give(int n) {
    if (kept) std::exchange(kept, nullptr)(n);
  }
  Ret<int> kept{nullptr};
};

Task<> asks_at_home(Actor<Holder> to) { (void)co_await ask<&Holder::get>(to); }

Task<> asks_far(Remote<Holder> to) { (void)co_await ask<&Holder::get>(to).reply(); }
Task<> asks_far_in_time(Remote<Holder> to) {
  (void)co_await reply_of(timeout(5s, ask<&Holder::get>(to)));
}

// Begins to ask the other one, which first asks back, and gets no answer.
struct Node {
  void set(Remote<Node> to) { other = std::move(to); }
  Task<> begin(Cx<Node>&) { (void)co_await ask<&Node::get>(other); }
  Task<int> get(Cx<Node>&) { co_return co_await ask<&Node::keep>(other); }
  void keep(Ret<int> ret) { kept = std::move(ret); }
  Remote<Node> other;
  Ret<int> kept{nullptr};
};

class EnsembleAliveTest : public troupe_test::BalancedTest {
 protected:
  EnsembleAliveTest() {
    all_.seat(2, a_);
    all_.seat(1, b_);
    asker_ = make_actor<Asker>(a_, ret_nop);
    holder_ = make_actor<Holder>(b_, ret_nop);
    far_ = remote(holder_);
  }
  void TearDown() override {
    call<&Holder::give>(holder_, 1);
    run_virtual(all_);
    BalancedTest::TearDown();
  }
  Ensemble all_{3};
  Runtime a_, b_;
  ActorOwn<Asker> asker_;
  ActorOwn<Holder> holder_;
  Remote<Holder> far_;
};

TEST_F(EnsembleAliveTest, ARuntimeIsNumberedByItsSeat) {
  const Runtime alone;
  EXPECT_EQ(const_cast<Runtime&>(alone).core().runtime_number(), std::nullopt);
  EXPECT_EQ(a_.core().runtime_number(), 2u);
  EXPECT_EQ(b_.core().runtime_number(), far_.runtime());
  EXPECT_EQ(a_.why_alive().runtime, 2u);
  EXPECT_TRUE(a_.why_alive().text().starts_with("runtime 2: kept alive by "))
      << a_.why_alive().text();
  EXPECT_EQ(alone.why_alive().runtime, std::nullopt);
  EXPECT_EQ(b_.actors().at(0).runtime, 1u);
  spawn(b_, []() -> Task<> { co_await sleep(1s); });
  EXPECT_EQ(b_.why_alive().tasks.at(0).runtime, 1u);
}

TEST_F(EnsembleAliveTest, RecordsOfTheLogNameTheRuntime) {
  std::string lines;
  const auto log_to = [&](LogFormat format) {
    LogOutput out = [&lines](std::string_view line) { lines.append(line); };
    b_.set_logger(LogLevel::info, format == LogFormat::json
                                      ? Logger::Sink(JsonLines(std::move(out)))
                                      : Logger::Sink(SingleLine(std::move(out))));
  };
  log_to(LogFormat::text);
  call<&Holder::hears>(holder_);
  b_.run();
  EXPECT_TRUE(lines.ends_with(" INFO 1#1 heard\n")) << lines;
  log_to(LogFormat::json);
  call<&Holder::hears>(holder_);
  b_.run();
  EXPECT_NE(lines.find("\"id\":1,\"runtime\":1,\"text\":\"heard\""), std::string::npos) << lines;
}

TEST_F(EnsembleAliveTest, EachRuntimeTellsOfItsOwnRetsAlone) {
  if (!Ledger::enabled) return;
  const auto one = make_actor<Holder>(a_, ret_nop), two = make_actor<Holder>(a_, ret_nop),
             three = make_actor<Holder>(a_, ret_nop);
  call<&Holder::get>(one, ret_to<&Asker::got>(asker_));
  defer(a_, unsafe_capture([&two] { call<&Holder::get>(two, ret_do([](Reply<int>) {})); }));
  spawn(a_, asks_at_home, ret_nop, three.actor());
  run_virtual(all_);
  EXPECT_TRUE(b_.why_alive().rets.empty()) << b_.why_alive().text();
  EXPECT_EQ(a_.why_alive().rets.size(), 3u) << a_.why_alive().text();
  for (const auto* holder : {&one, &two, &three}) call<&Holder::give>(*holder, 1);
  run_virtual(all_);
  EXPECT_TRUE(a_.why_alive().rets.empty()) << a_.why_alive().text();
  EXPECT_EQ(told(), "got1");
}

TEST_F(EnsembleAliveTest, ARetThatIsOutWaitsForTheActorThere) {
  run_virtual(all_, Instant(1s));
  defer(a_, unsafe_capture([this] { call<&Holder::get>(far_, ret_to<&Asker::got>(asker_)); }));
  run_virtual(all_, Instant(3s));
  const WhyAlive here = a_.why_alive(), there = b_.why_alive();
  ASSERT_EQ(here.far_rets.size(), 1u) << here.text();
  EXPECT_EQ(here.far_rets[0].runtime, 1u);
  EXPECT_EQ(here.far_rets[0].live, 1u);
  ASSERT_EQ(there.debts.size(), 1u) << there.text();
  EXPECT_EQ(there.debts[0].runtime, 2u);
  EXPECT_EQ(there.debts[0].live, 1u);
  EXPECT_TRUE(here.debts.empty() && there.far_rets.empty());
  EXPECT_TRUE(there.rets.empty()) << "it belongs to the other one" << there.text();
  if (Ledger::enabled) {
    EXPECT_EQ(here.far_rets[0].asker, asker_.id());
    EXPECT_EQ(here.far_rets[0].whom_id, holder_.id());
    EXPECT_EQ(there.debts[0].whom_id, holder_.id());
    EXPECT_NE(here.text().find("Asker::got of actor 1 waits for actor 1 "), std::string::npos)
        << here.text();
    EXPECT_NE(here.text().find("Holder of runtime 1, for 2.000 s\n"), std::string::npos)
        << here.text();
    EXPECT_NE(there.text().find("runtime 2 waits for 1 answer of actor 1 "), std::string::npos)
        << there.text();
    EXPECT_NE(there.text().find("Holder, for 2.000 s\n"), std::string::npos) << there.text();
  } else {
    EXPECT_NE(here.text().find("\n1 Ret waits for runtime 1\n"), std::string::npos) << here.text();
    EXPECT_NE(there.text().find("\nruntime 2 waits for 1 answer\n"), std::string::npos)
        << there.text();
  }
  call<&Holder::give>(holder_, 3);
  run_virtual(all_);
  EXPECT_TRUE(a_.why_alive().far_rets.empty() && b_.why_alive().debts.empty());
  EXPECT_EQ(told(), "got3");
}

TEST_F(EnsembleAliveTest, RetsOfOneKindAreCountedTogether) {
  struct Keeps {
    void get(Ret<int> ret) { kept.push_back(std::move(ret)); }
    std::vector<Ret<int>> kept;
  };
  auto keeps = make_actor<Keeps>(b_, ret_nop);
  const Remote<Keeps> far = remote(keeps);
  for (const Instant at : {Instant(1s), Instant(2s), Instant(3s)}) {
    run_virtual(all_, at);
    defer(a_, unsafe_capture([&] { call<&Keeps::get>(far, ret_to<&Asker::got>(asker_)); }));
  }
  run_virtual(all_, Instant(4s));
  const WhyAlive here = a_.why_alive(), there = b_.why_alive();
  ASSERT_EQ(here.far_rets.size(), 1u) << here.text();
  ASSERT_EQ(there.debts.size(), 1u) << there.text();
  EXPECT_EQ(here.far_rets[0].live, 3u);
  EXPECT_EQ(there.debts[0].live, 3u);
  if (Ledger::enabled) {
    EXPECT_NE(here.text().find("\n3 Rets of "), std::string::npos) << here.text();
    EXPECT_NE(here.text().find("Keeps of runtime 1, for 3.000 s\n"), std::string::npos)
        << here.text();
  }
  keeps = {};
  run_virtual(all_);
  EXPECT_TRUE(a_.why_alive().far_rets.empty() && b_.why_alive().debts.empty());
  told();
}

TEST_F(EnsembleAliveTest, AWatchWaitsForTheActorThere) {
  defer(a_, unsafe_capture([this] { watch(far_, ret_do([](Reply<StopCause>) {})); }));
  run_virtual(all_);
  ASSERT_EQ(b_.why_alive().debts.size(), 1u);
  if (Ledger::enabled) {
    EXPECT_EQ(b_.why_alive().debts[0].whom_id, holder_.id());
    EXPECT_EQ(a_.why_alive().far_rets.at(0).whom_id, holder_.id());
  }
  holder_ = {};
  run_virtual(all_);
  EXPECT_TRUE(a_.why_alive().far_rets.empty() && b_.why_alive().debts.empty());
  holder_ = make_actor<Holder>(b_, ret_nop);
}

TEST_F(EnsembleAliveTest, ATaskNamesTheRuntimeOfWhomItAsks) {
  spawn(a_, asks_far, ret_nop, far_);
  auto other = make_actor<Holder>(b_, ret_nop);
  spawn(a_, asks_far_in_time, ret_nop, remote(other));
  run_virtual(all_, Instant(1s));
  const WhyAlive why = a_.why_alive();
  ASSERT_EQ(why.tasks.size(), 2u);
  EXPECT_EQ(why.tasks[0].whom_id, holder_.id());
  EXPECT_EQ(why.tasks[1].whom_id, other.id());
  for (const AliveTask& task : why.tasks) EXPECT_EQ(task.whom_runtime, 1u);
  EXPECT_NE(why.text().find("awaits an answer from actor 1 troupe::ensemble_alive_test::Holder of "
                            "runtime 1 for 1.000 s"),
            std::string::npos)
      << why.text();
  other = {};
}

TEST_F(EnsembleAliveTest, WhatIsOnItsWayFromAnotherRuntimeIsTold) {
  run_virtual(all_);
  EXPECT_FALSE(b_.why_alive().woken);
  defer(a_, unsafe_capture([this] { call<&Holder::hears>(far_); }));
  a_.run();
  EXPECT_TRUE(b_.why_alive().woken) << b_.why_alive().text();
  b_.run();
  EXPECT_FALSE(b_.why_alive().woken);
}

TEST_F(EnsembleAliveTest, ACircleAcrossRuntimesIsRecognised) {
  auto first = make_actor<Node>(a_, ret_nop), second = make_actor<Node>(b_, ret_nop);
  const Remote<Node> to_first = remote(first), to_second = remote(second);
  call<&Node::set>(first, to_second);
  call<&Node::set>(second, to_first);
  run_virtual(all_);
  EXPECT_TRUE(why_alive(all_).circles.empty());
  call<&Node::begin>(first);
  run_virtual(all_);
  const EnsembleAlive alive = why_alive(all_);
  ASSERT_EQ(alive.runtimes.size(), 2u);
  EXPECT_EQ(alive.runtimes[0].runtime, 1u) << "in the order of their numbers";
  ASSERT_EQ(alive.circles.size(), 1u) << alive.text();
  EXPECT_EQ(alive.circles[0].size(), 4u) << "two actors, each with the task that waits";
  for (const std::string_view words :
       {"Node of runtime 1 waits for task ", "Node of runtime 2 waits for task ", "A CIRCLE: "})
    EXPECT_NE(alive.text().find(words), std::string::npos) << words << alive.text();
  EXPECT_FALSE(alive.nothing());
  first = {};
  second = {};
  run_virtual(all_);
}

TEST_F(EnsembleAliveTest, ACircleOfRetsIsRecognised) {
  if (!Ledger::enabled) return;
  struct Peer {
    void meet(Cx<Peer>& cx, Remote<Peer> other) { call<&Peer::get>(other, ret_to<&Peer::got>(cx)); }
    void get(Ret<int> ret) { kept = std::move(ret); }
    void got(Reply<int>) {}
    Ret<int> kept{nullptr};
  };
  auto first = make_actor<Peer>(a_, ret_nop), second = make_actor<Peer>(b_, ret_nop);
  call<&Peer::meet>(first, remote(second));
  run_virtual(all_);
  EXPECT_TRUE(why_alive(all_).circles.empty()) << "a chain is none";
  call<&Peer::meet>(second, remote(first));
  run_virtual(all_);
  const EnsembleAlive alive = why_alive(all_);
  ASSERT_EQ(alive.circles.size(), 1u) << alive.text();
  EXPECT_EQ(alive.circles[0].size(), 2u);
  first = {};
  second = {};
  run_virtual(all_);
}

TEST_F(EnsembleAliveTest, RuntimesOfOtherEnsemblesAreNotTold) {
  const Ensemble other(2);
  Runtime rt;
  other.seat(0, rt);
  EXPECT_EQ(why_alive(all_).runtimes.size(), 2u);
  EXPECT_EQ(why_alive(other).runtimes.size(), 1u);
  EXPECT_TRUE(why_alive(other).nothing());
}

TEST_F(EnsembleAliveTest, AFailureTellsFromWhichRuntimeItComes) {
  const auto hear = [] {
    return ret_do([](Reply<int> n) {
      const std::string text = n.error().text();
      say(text.substr(text.find("Holder")));
      say("runtime", n.error().runtime() ? static_cast<int>(*n.error().runtime()) : -1);
    });
  };
  defer(a_, unsafe_capture([&] { call<&Holder::fails>(far_, hear()); }));
  run_virtual(all_);
  EXPECT_EQ(told(), "Holder 1 of runtime 1: no runtime1");
  holder_ = make_actor<Holder>(b_, ret_nop);
  call<&Holder::fails>(holder_, hear());
  run_virtual(all_);
  EXPECT_EQ(told(), "Holder 2: no runtime-1") << "at home that is not said";
}

// The other runtime works meanwhile, and lists its own.
TEST(EnsembleAliveThreadsTest, ARuntimeSpeaksOfWhatItKnowsItself) {
  const Ensemble all(2);
  EnsembleThreads threads(all);
  std::promise<Remote<Holder>> made;
  auto there = made.get_future();
  threads.start(
      1,
      [](Runtime& rt, std::promise<Remote<Holder>> to) {
        auto holder = make_actor<Holder>(rt, ret_nop);
        to.set_value(remote(holder));
        return holder;
      },
      std::move(made));
  Runtime rt{Clock::now()};
  all.seat(0, rt);
  const Remote<Holder> far = there.get();
  for (int round = 0; round != 100; ++round) {
    int heard = 0;
    defer(rt, unsafe_capture([&] {
            call<&Holder::get>(far, ret_do([](int& to, Reply<int> n) { to = n.value_or(-1); },
                                           unsafe_borrow(heard)));
            call<&Holder::hears>(far);
          }));
    rt.run(Clock::now());
    const EnsembleAlive alive = why_alive(all);
    ASSERT_EQ(alive.runtimes.size(), 1u) << "the other one is not of this thread";
    ASSERT_EQ(alive.runtimes[0].far_rets.size(), 1u) << alive.text();
    defer(rt, unsafe_capture([&] { call<&Holder::give>(far, 7); }));
    while (heard == 0) {
      rt.run(Clock::now());
      std::this_thread::yield();
    }
    ASSERT_EQ(heard, 7);
    ASSERT_TRUE(rt.why_alive().far_rets.empty());
  }
  EXPECT_EQ(threads.stop(StopCause::stopped), StopCause::stopped);
}

TEST(EnsembleAliveThreadsTest, ARuntimeOnAnotherThreadIsNamedAndNotTakenForNothing) {
  const Ensemble all(3);
  Runtime rt{Clock::now()};
  all.seat(0, rt);
  EXPECT_TRUE(why_alive(all).nothing()) << "nobody has taken the other seats";
  {
    EnsembleThreads threads(all);
    std::promise<void> seated;
    auto there = seated.get_future();
    threads.start(1, [](Runtime&, std::promise<void> is) { is.set_value(); }, std::move(seated));
    there.get();
    const EnsembleAlive alive = why_alive(all);
    EXPECT_FALSE(alive.nothing());
    EXPECT_EQ(alive.elsewhere, std::vector<unsigned>{1});
    EXPECT_TRUE(alive.text().ends_with(
        "\nruntime 1 is on another thread: what keeps it alive is not seen here\n"))
        << alive.text();
    EXPECT_EQ(threads.stop(StopCause::stopped), StopCause::stopped);
  }
  rt.run(Clock::now());  // it hears of the end
  EXPECT_TRUE(why_alive(all).nothing()) << "it has ended" << why_alive(all).text();
  EXPECT_EQ(why_alive(all).text(), "runtime 0: nothing keeps it alive\n");
}

}  // namespace ensemble_alive_test
}  // namespace troupe
