// core/outside_run_test.cpp: what is done outside of a run asks the host for a turn, once.
//
// A host that sleeps until the next timer would else leave it there. Each test has a host that only
// counts how often it was asked.
#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace outside_run_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

using OutsideRunTest = troupe_test::BalancedTest;

struct Worker {
  void work(int v) { say("w", v); }
  void keep(Ret<int> r) { kept.push_back(std::move(r)); }
  void got(Reply<int> r) {
    if (r)
      say("got", *r);
    else
      say("got ", to_string(r.error().why()));
  }
  int count() const { return 7; }
  void defers(Cx<Worker>& cx) {
    defer(cx, [] { say("deferred"); });
  }
  std::vector<Ret<int>> kept;
};

struct Hosted {
  Hosted() {
    rt.set_poll_waker([this] { ++asked; });
    worker = make_actor<Worker>(rt, tell_end("end"));
    run();
  }
  // Runs, and comes to the end of all that is there, as a host that was asked does.
  void run(bool idle = false) {
    asked = 0;
    rt.run(rt.now() + 1ms, idle);
  }
  int asked = 0;
  Runtime rt;
  ActorOwn<Worker> worker;
};

struct Action {
  std::string_view name;
  void (*prepare)(Hosted&);
  void (*act)(Hosted&);
  std::string_view then;  // what the turn says
};

void nothing(Hosted&) {}
MaxTimerKey max_key;
MinTimerKey min_key;
std::optional<Ret<int>> held;

const Action actions[] = {
    {"call", nothing, [](Hosted& h) { call<&Worker::work>(h.worker, 1); }, "w1"},
    {"call of a function", nothing, [](Hosted& h) { call(h.worker, [](Worker&) { say("fn"); }); },
     "fn"},
    {"defer", nothing, [](Hosted& h) { defer(h.rt, [] { say("d"); }); }, "d"},
    {"Deferrer", nothing, [](Hosted& h) { h.rt.core().deferrer().defer([] { say("d"); }); }, "d"},
    {"lazy", nothing, [](Hosted& h) { lazy(h.rt, [] { say("l"); }); }, "l"},
    {"lazy call", nothing, [](Hosted& h) { lazy<&Worker::work>(h.worker, 2); }, "w2"},
    {"idle", nothing, [](Hosted& h) { idle(h.rt, [] { say("i"); }); }, "i"},
    {"idle call", nothing, [](Hosted& h) { idle<&Worker::work>(h.worker, 3); }, "w3"},
    {"a Ret that is answered", [](Hosted& h) { held = ret_to<&Worker::got>(h.worker); },
     [](Hosted&) { (*std::exchange(held, std::nullopt))(5); }, "got5"},
    {"a Ret that is dropped", [](Hosted& h) { held = ret_to<&Worker::got>(h.worker); },
     [](Hosted&) { held.reset(); }, "got dropped"},
    {"a Ret that fails",
     [](Hosted& h) {
       held = ret_fail(detail::CxDoor::as<Cx<Worker>>(*detail::box_of(h.worker)), "oh");
     },
     [](Hosted&) { (*std::exchange(held, std::nullopt))(5); }, "end:failed(oh)"},
    {"an owner's end", nothing, [](Hosted& h) { h.worker = {}; }, "end:dropped"},
    {"a kill", nothing, [](Hosted& h) { h.worker.kill("no"); }, "end:killed(no)"},
    {"an actor that is made", nothing,
     [](Hosted& h) { h.worker = make_actor<Worker>(h.rt, ret_nop); }, "end:dropped"},
    {"init", [](Hosted& h) { h.worker = make_actor_new<Worker>(h.rt, tell_end("new")); },
     [](Hosted& h) {
       call<&Worker::work>(h.worker, 4);
       init(h.worker);
     },
     "w4"},
    {"query", nothing, [](Hosted& h) { query<&Worker::defers>(h.rt, h.worker); }, "deferred"},
    {"after", nothing, [](Hosted& h) { after(h.rt, 1ms, [] { say("t"); }); }, "t"},
    {"after, as a call", nothing, [](Hosted& h) { after<&Worker::work>(h.worker, 1us, 8); }, "w8"},
    {"timer_max", nothing,
     [](Hosted& h) { timer_max(max_key, h.rt, h.rt.now() + 1ms, [] { say("max"); }); }, "max"},
    {"timer_min", nothing,
     [](Hosted& h) { timer_min(min_key, h.rt, h.rt.now() + 1ms, [] { say("min"); }); }, "min"},
    {"a timer that is pulled earlier",
     [](Hosted& h) {
       min_key = {};
       timer_min(min_key, h.rt, h.rt.now() + 1h, [] { say("min"); });
     },
     [](Hosted& h) { timer_update(h.rt, min_key, h.rt.now() + 1ms); }, "min"},
};

TEST_F(OutsideRunTest, AsksTheHostForATurnOnce) {
  for (const Action& action : actions) {
    SCOPED_TRACE(action.name);
    {
      Hosted h;
      action.prepare(h);
      h.run();
      told();
      EXPECT_EQ(h.asked, 0);
      action.act(h);
      EXPECT_EQ(h.asked, 1);
      EXPECT_EQ(told(), "") << "asking runs nothing";
      h.run(true);
      EXPECT_EQ(told(), action.then);
      EXPECT_EQ(h.asked, 0) << "what a run brings about is done in it";
    }
    told();
  }
}

TEST_F(OutsideRunTest, ManyThingsBetweenTwoRunsAskOnceAndTheNextOnesAgain) {
  Hosted h;
  for (int run = 0; run < 3; ++run) {
    for (const Action& action : actions)
      if (action.prepare == nothing && action.name != "an owner's end" && action.name != "a kill")
        action.act(h);
    EXPECT_EQ(h.asked, 1) << run;
    h.run();
    EXPECT_EQ(h.asked, 0) << run;
    h.run();
  }
  told();
}

TEST_F(OutsideRunTest, WhatWasQueuedBeforeTheWakerWasSetIsForTheFirstRun) {
  int asked = 0;
  Runtime rt;
  defer(rt, [] { say("a"); });
  after(rt, 1ms, [] { say("t"); });
  rt.set_poll_waker([&asked] { ++asked; });
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
  defer(rt, [] { say("b"); });
  rt.run(rt.now() + 1ms);
  EXPECT_EQ(told(), "a b t");
  EXPECT_EQ(asked, 1);
}

TEST_F(OutsideRunTest, AShutdownThatIsAskedForAndOneThatIsTaken) {
  Hosted h;
  h.rt.core().shutdown(StopCause::stopped);
  h.rt.core().shutdown(StopCause::stopped);
  EXPECT_EQ(h.asked, 1);
  // The host was asked while it took no turns, so it is asked again.
  EXPECT_TRUE(h.rt.shutdown_reason().has_value());
  EXPECT_EQ(h.asked, 2);
  EXPECT_FALSE(h.rt.shutdown_reason().has_value());
  EXPECT_EQ(h.asked, 2) << "there was none";
  h.asked = 0;
  defer(h.rt, [](Core& core) {
    core.shutdown(StopCause::stopped);
    (void)core.shutdown_reason();
  });
  h.run();
  EXPECT_EQ(h.asked, 0) << "inside a run";
  h.worker = {};
  h.run();
  told();
}

TEST_F(OutsideRunTest, APendingShutdownIsNothingToWaitFor) {
  Runtime rt;
  after(rt, 1h, [] {});
  EXPECT_EQ(rt.next_wait(rt.now()), 1h);
  rt.core().shutdown(StopCause::stopped);
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
  EXPECT_EQ(rt.next_wait_max(rt.now(), 5s, false), Duration::zero());
  (void)rt.shutdown_reason();
  EXPECT_EQ(rt.next_wait(rt.now()), 1h);
  EXPECT_EQ(rt.next_wait_max(rt.now(), 5s, false), 5s);
}

TEST_F(OutsideRunTest, AnActorOfAnotherRuntimeOnTheThread) {
  Hosted a, b;
  struct Asker {
    explicit Asker(Actor<Worker> s) : server(std::move(s)) {}
    void ask(Cx<Asker>& cx) { call<&Worker::keep>(server, ret_to<&Asker::got>(cx)); }
    void got(Reply<int> r) { say("answer", r.value_or(-1)); }
    Actor<Worker> server;
  };
  auto asker = make_actor<Asker>(a.rt, ret_nop, b.worker.actor());
  a.run();
  call<&Asker::ask>(asker);
  a.run();
  EXPECT_EQ(b.asked, 1) << "called from a run of the other";
  EXPECT_EQ(a.asked, 0);
  b.run();
  call(b.worker, [](Worker& w) { std::exchange(w.kept, {}).front()(9); });
  b.run();
  EXPECT_EQ(a.asked, 1) << "answered from a run of the other";
  a.run();
  EXPECT_EQ(told(), "answer9");
  call(b.worker, [](Worker&, Hosted* h) { call<&Worker::work>(h->worker, 1); }, unsafe_borrow(&a));
  a.asked = 0;
  b.run();
  EXPECT_EQ(a.asked, 1);
  a.run();
  EXPECT_EQ(told(), "w1");
}

TEST_F(OutsideRunTest, ARunWithinARunOfAnotherRuntime) {
  Hosted outer, inner;
  static Hosted *in, *out;
  in = &inner, out = &outer;
  defer(outer.rt, [] {
    defer(in->rt, [] { defer(out->rt, [] { say("outer"); }); });
    in->run();
    EXPECT_EQ(out->asked, 0) << "it runs, and goes on with that";
    defer(in->rt, [] { say("inner"); });
    EXPECT_EQ(in->asked, 1);
  });
  outer.run();
  EXPECT_EQ(told(), "outer");
  inner.run();
  EXPECT_EQ(told(), "inner");
}

TEST_F(OutsideRunTest, ALimitThatLeavesWorkAndRunOne) {
  Hosted h;
  for (int i = 0; i < 3; ++i) defer(h.rt, [](int n) { say("d", n); }, i);
  h.asked = 0;
  EXPECT_TRUE(h.rt.run(h.rt.now(), RunLimit{.items = 1}).work);
  defer(h.rt, [] { say("later"); });
  EXPECT_EQ(h.asked, 1);
  EXPECT_TRUE(h.rt.run_one());
  defer(h.rt, [] { say("last"); });
  EXPECT_EQ(h.asked, 2);
  h.run();
  EXPECT_EQ(told(), "d0 d1 d2 later last");
}

#if TROUPE_EXCEPTIONS
TEST_F(OutsideRunTest, AfterARunThatThrew) {
  Hosted h;
  defer(h.rt, [] { throw 1; });
  EXPECT_THROW(h.run(), int);
  defer(h.rt, [] { say("after"); });
  EXPECT_EQ(h.asked, 1);
  h.run();
  EXPECT_EQ(told(), "after");
}
#endif

TEST_F(OutsideRunTest, TrimmingBetweenTwoRunsLosesNothing) {
  Hosted h;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 70; ++i) after(h.rt, 1us, [] {});
    h.run();
    h.rt.trim();
    EXPECT_EQ(h.asked, 0);
    for (int i = 0; i < 70; ++i) after(h.rt, 1us, [](int n) { say("t", n); }, i);
    EXPECT_EQ(h.asked, 1);
    h.rt.trim();
    EXPECT_EQ(h.rt.live_timers(), 70u);
    h.run();
    EXPECT_EQ(told().find("t0 t1 t2"), 0u);
    EXPECT_EQ(h.rt.live_timers(), 0u);
  }
}

TEST_F(OutsideRunTest, AQueueAtItsBoundIsAskedFor) {
  Hosted h;
  h.rt.set_max_queued(4096);
  defer(h.rt, [](Core& core) {
    for (int i = 0; i < 1000; ++i) defer(core, [] {});
  });
  while (h.rt.run(h.rt.now(), RunLimit{.items = 1}).work && h.rt.items_run() < 4) {}
  h.asked = 0;
  h.worker = {};  // finds no room, and is remembered beside the queue
  EXPECT_EQ(h.asked, 1);
  h.run();
  EXPECT_EQ(told(), "end:dropped");
}

TEST_F(OutsideRunTest, InSteadyStateItAllocatesNothing) {
  Hosted h;
  const auto round = [&h] {
    call<&Worker::work>(h.worker, 1);
    after(h.rt, 1us, [] {});
    h.run();
    troupe_test::line().clear();
  };
  for (int i = 0; i < 100; ++i) round();
  const auto made = troupe_test::Allocations::made.load();
  for (int i = 0; i < 100; ++i) round();
  EXPECT_EQ(troupe_test::Allocations::made, made);
}

TEST_F(OutsideRunTest, AHandleThatOutlivesItsRuntimeAsksNobody) {
  int asked = 0;
  Actor<Worker> worker;
  std::optional<Deferrer> deferrer;
  {
    Runtime rt;
    rt.set_poll_waker([&asked] { ++asked; });
    auto own = make_actor<Worker>(rt, ret_nop);
    worker = own.actor();
    deferrer = rt.core().deferrer();
    rt.run();
    asked = 0;
  }
  const int in_the_end = asked;  // the owner that went before the runtime
  EXPECT_EQ(in_the_end, 1);
  call<&Worker::work>(worker, 1);
  deferrer->defer([] { say("never"); });
  EXPECT_EQ(asked, in_the_end);
  EXPECT_EQ(told(), "");
}

TEST_F(OutsideRunTest, WithoutAWakerAllIsAsBefore) {
  Runtime rt;
  auto worker = make_actor<Worker>(rt, ret_nop);
  after(rt, 1s, [] { say("second"); });
  run_virtual(rt);
  call<&Worker::work>(worker, 1);
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
  run_virtual(rt);
  EXPECT_EQ(told(), "second w1");
}

}  // namespace outside_run_test
}  // namespace troupe
