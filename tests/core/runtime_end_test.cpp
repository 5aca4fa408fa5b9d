// core/runtime_end_test.cpp: the end of a runtime: in which order its parts go, and what outlives
// it.
#include <troupe/core/runtime.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/worker.hpp"

namespace troupe {
namespace runtime_end_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Worker;

constexpr Instant at_s(int seconds) { return Instant(std::chrono::seconds(seconds)); }

using RuntimeEndTest = troupe_test::RecordedTest;

TEST_F(RuntimeEndTest, ARuntimeThatEndsAnswersTheRetsOfAnother) {
  Runtime asking;
  auto client = make_actor<Worker>(asking, ret_nop, std::string("client"));
  asking.run();
  {
    Runtime ending;
    auto server = make_actor<Worker>(ending, ret_nop, std::string("server"));
    ending.run();
    call<&Worker::keep>(server, ret_to<&Worker::got>(client));
    ending.run();
    call<&Worker::take>(server, ret_to<&Worker::got>(client));
    after<&Worker::take>(server, 1s, ret_to<&Worker::got>(client));
    lazy<&Worker::take>(server, ret_to<&Worker::got>(client));
    auto starting = make_actor_new<Worker>(ending, ret_nop);
    call<&Worker::take>(starting, ret_to<&Worker::got>(client));
    ending.run_one();
    call<&Worker::take>(starting, ret_to<&Worker::got>(client));
  }
  asking.run();
  const std::string all = told();
  std::size_t ended = 0, answered = 0;
  for (std::size_t at = 0; (at = all.find("got", at)) != std::string::npos; at += 3) {
    ++answered;
    if (all.compare(at, 17, "got!runtime ended") == 0) ++ended;
  }
  EXPECT_EQ(answered, 6u) << all;
  EXPECT_EQ(ended, 5u) << all << ": one was answered by its handler";
}

TEST_F(RuntimeEndTest, TheEndDestroysQueuesThenTimersThenActors) {
  {
    Runtime rt;
    auto own = make_actor<Worker>(rt, tell_end("w"));
    rt.run();
    call<&Worker::take>(own, tell_int("queued"));
    lazy<&Worker::take>(own, tell_int("lazy"));
    idle<&Worker::take>(own, tell_int("idle"));
    after<&Worker::take>(own, 1s, tell_int("timer"));
    rt.core().anymap_set(std::make_shared<troupe_test::SaysBye>("environment"));
  }
  EXPECT_EQ(told(),
            "queued!runtime ended lazy!runtime ended idle!runtime ended timer!runtime ended ~w "
            "w:dropped environment");
}

TEST_F(RuntimeEndTest, CyclicWorkEndsWithTheRuntime) {
  struct Loop {
    ~Loop() { call<&Loop::take>(self, tell_int("late")); }
    explicit Loop(Cx<Loop>& cx) : self(cx.this_actor()) {}
    void own(ActorOwn<Loop> me) { mine = std::move(me); }
    void take(Ret<int> ret) { kept = std::move(ret); }
    Actor<Loop> self;
    ActorOwn<Loop> mine;
    Ret<int> kept = ret_nop;
  };
  {
    Runtime rt;
    auto own = make_actor<Loop>(rt, tell_end("loop"));
    auto again = own.owned();
    call<&Loop::own>(own, std::move(again));
    call<&Loop::take>(own, tell_int("kept"));
    own = {};
    rt.run();
    EXPECT_EQ(told(), "") << "it keeps itself alive";
    Ret<int> never = tell_int("never");
    auto prep = make_actor_new<Loop>(rt, tell_end("prep"));
    call<&Loop::take>(prep, std::move(never));  // a held call names the actor that holds it
    rt.run();
  }
  EXPECT_EQ(told(),
            "late!runtime ended kept!runtime ended loop:dropped never!runtime ended prep:dropped");
}

TEST_F(RuntimeEndTest, HandlesThatOutliveTheirRuntimeAreInert) {
  ActorOwn<Worker> own, anon_source;
  Actor<Worker> weak;
  Fwd<int> fwd;
  Ret<int> ret = ret_nop;
  Ret<StopCause> ending = ret_nop;
  std::optional<Deferrer> deferrer;
  {
    Runtime rt;
    own = make_actor<Worker>(rt, tell_end("w"));
    weak = own;
    rt.run();
    fwd = fwd_to<&Worker::work>(own);
    ret = ret_to<&Worker::got>(own);
    ending = ret_shutdown(rt);
    deferrer = rt.core().deferrer();
    EXPECT_TRUE(deferrer->is_alive());
  }
  EXPECT_EQ(told(), "~w w:dropped");
  EXPECT_TRUE(own.is_zombie());
  EXPECT_TRUE(weak.is_zombie());
  EXPECT_FALSE(deferrer->is_alive());
  EXPECT_FALSE(ret.is_wanted());
  EXPECT_FALSE(fwd.is_wanted());
  call<&Worker::work>(weak, 1);
  call<&Worker::take>(weak, tell_int("call"));
  lazy<&Worker::take>(weak, tell_int("lazy"));
  idle<&Worker::take>(weak, tell_int("idle"));
  own.kill("late");
  auto another = own.owned();
  watch(weak, tell_end("watch"));
  fwd(1);
  ret(3);
  ending(StopCause::stopped);
  deferrer->defer([] { say("never"); });
  EXPECT_EQ(told(), "call!runtime ended lazy!runtime ended idle!runtime ended watch:lost");
}

struct TellsItsEnd {
  explicit TellsItsEnd(const char* n) : name(n) {}
  TellsItsEnd(TellsItsEnd&& other) noexcept : name(std::exchange(other.name, nullptr)) {}
  ~TellsItsEnd() {
    if (name) say("~", name);
  }
  const char* name;
};

TEST_F(RuntimeEndTest, WhatTheHostGaveEndsWithTheRuntimeAlsoIfItHoldsHandles) {
  std::optional<Deferrer> keeps;
  {
    Runtime rt;
    keeps = rt.core().deferrer();
    auto own = make_actor<Worker>(rt, ret_nop);
    rt.set_logger(LogFilter(LogLevel::info),
                  [a = own.actor(), t = TellsItsEnd("sink")](Core&, const LogRecord&) {});
    rt.set_failure_hook([o = own.owned(), t = TellsItsEnd("hook")](Core&, const FailureReport&) {});
    rt.set_poll_waker([d = rt.core().deferrer(), o = own.owned(), t = TellsItsEnd("waker")] {});
    rt.run();
  }
  EXPECT_EQ(told(), "~w ~sink ~hook ~waker");
}

TEST_F(RuntimeEndTest, TimersOnAHandleThatOutlivesItsRuntimeAreDropped) {
  ActorOwn<Worker> own;
  {
    Runtime rt;
    own = make_actor<Worker>(rt, ret_nop);
    rt.run();
  }
  told();
  after<&Worker::take>(own, 1s, tell_int("timer"));
  EXPECT_EQ(told(), "timer!runtime ended");
  MaxTimerKey key;
  timer_max<&Worker::take>(key, own, at_s(1), tell_int("max"));
  EXPECT_EQ(told(), "max!runtime ended");
}

struct Large {
  void got(const std::string&, const std::string&, Reply<int>) { say("got"); }
  void value(const std::string&, int) { say("value"); }
};

TEST_F(RuntimeEndTest, RetsAndForwardsMadeFromAHandleThatOutlivesItsRuntimeTakeNoMemoryOfIt) {
  ActorOwn<Large> own;
  {
    Runtime rt;
    own = make_actor<Large>(rt, ret_nop);
    rt.run();
    // Free cells of these sizes wait in the pool that goes.
    for (int i = 0; i < 10; ++i)
      Ret<int> unused = ret_to<&Large::got>(own, std::string("a"), std::string("b"));
    for (int i = 0; i < 10; ++i) Fwd<int> unused = fwd_to<&Large::value>(own, std::string("a"));
    rt.run();
  }
  told();
  Ret<int> ret = ret_to<&Large::got>(own, std::string(40, 'a'), std::string(40, 'b'));
  Fwd<int> fwd = fwd_to<&Large::value>(own, std::string(40, 'a'));
  EXPECT_FALSE(ret.is_wanted());
  ret(1);
  fwd(1);
  { Ret<int> dropped = ret_to<&Large::got>(own, std::string(40, 'a'), std::string(40, 'b')); }
  EXPECT_EQ(told(), "");
}

}  // namespace runtime_end_test
}  // namespace troupe
