// task/timeout_test.cpp: waiting within a limit: instants, ties in both orders, modes, and what is
// awaited.
#include <troupe/task/timeout.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/all.hpp>
#include <troupe/task/event.hpp>
#include <troupe/task/mutex.hpp>
#include <troupe/task/queue.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace timeout_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using TimeoutTest = troupe_test::OneRuntimeTest;

Task<int> within(Value<int> value, Duration limit) {
  const SaysBye local("~local");
  const int v = co_await timeout(limit, value);
  say("got", v);
  co_return v;
}
Task<int> within_reply(Value<int> value, Duration limit) {
  const auto r = co_await timeout(limit, std::move(value)).reply();
  say(r ? "value" : to_string(r.error().why()));
  co_return r ? *r : -1;
}

TEST_F(TimeoutTest, AValueInTimeTakesTheTimerAlong) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, within, tell_int("end"), std::move(value), 2s);
  rt.run();
  EXPECT_EQ(rt.live_timers(), 1u);
  ret(4);
  rt.run();
  EXPECT_EQ(told(), "got4 ~local end=4");
  EXPECT_EQ(rt.live_timers(), 0u);
}

TEST_F(TimeoutTest, ALimitThatIsOutOfReachIsNone) {
  rt.run(Instant(1s));
  auto [value, ret] = push_pipe<int>(rt);
  auto [other, ret_other] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> a, Value<int> b) -> Task<int> {
        const int x = co_await timeout(std::chrono::years(300), std::move(a));
        co_return x + co_await deadline(std::chrono::time_point<Clock, std::chrono::hours>::max(),
                                        std::move(b));
      },
      tell_int("end"), std::move(value), std::move(other));
  const auto wait = [&](int years) { run_virtual(rt, Instant(1s) + std::chrono::years(years)); };
  wait(50);
  ret(4);
  wait(100);
  ret_other(5);
  wait(101);
  EXPECT_EQ(told(), "end=9");
}

TEST_F(TimeoutTest, AValueThatIsThereMakesNoTimer) {
  auto [value, ret] = push_pipe<int>(rt);
  ret(4);
  spawn(rt, within, tell_int("end"), std::move(value), 0s);
  rt.run();
  EXPECT_EQ(told(), "got4 ~local end=4");
}

TEST_F(TimeoutTest, TooLateTheTaskEndsAtThatInstant) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, within, tell_int("end"), std::move(value), 2s);
  rt.run();
  rt.run(Instant(2s) - Duration(1));
  EXPECT_EQ(told(), "") << "never early";
  rt.run(Instant(2s));
  EXPECT_EQ(told(), "~local end!timed out");
  EXPECT_FALSE(ret.is_wanted());
  ret(1);
}

TEST_F(TimeoutTest, InModeReplyItIsAnError) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, within_reply, tell_int("end"), std::move(value), 2s);
  run_virtual(rt);
  EXPECT_EQ(told(), "timed out end=-1");
  auto [again, ret_again] = push_pipe<int>(rt);
  spawn(rt, within_reply, tell_int("end"), std::move(again), 2s);
  rt.run();
  ret_again(3);
  run_virtual(rt);
  EXPECT_EQ(told(), "value end=3");
  EXPECT_FALSE(ret.is_wanted());
}

TEST_F(TimeoutTest, ALossIsALossAndNoTimeout) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  spawn(rt, within, tell_int("a"), std::move(a), 2s);
  spawn(rt, within_reply, tell_int("b"), std::move(b), 2s);
  rt.run();
  { const Ret<int> one = std::move(ret_a), two = std::move(ret_b); }
  run_virtual(rt);
  EXPECT_EQ(told(), "dropped b=-1 ~local a!dropped");
}

// Value and timer in the same turn. Due timers are queued in order; answers come through timers as
// well.
template <class Fn> void tie(Runtime& rt, Fn task, Duration answer_at, bool answer_first) {
  auto [value, ret] = push_pipe<int>(rt);
  auto answer = [&] { after(rt, answer_at, [](Ret<int> r) { r(6); }, std::move(ret)); };
  if (answer_first) answer();
  spawn(rt, task, tell_int("end"), std::move(value), 1s);
  rt.run();
  if (!answer_first) answer();
  rt.run(Instant(1s));
}
TEST_F(TimeoutTest, ATieGoesToWhatIsDueFirst) {
  tie(rt, within, 1s, true);
  EXPECT_EQ(told(), "got6 ~local end=6");
}
TEST_F(TimeoutTest, ATieThatTheTimerWins) {
  tie(rt, within, 1s, false);
  EXPECT_EQ(told(), "~local end!timed out");
}
TEST_F(TimeoutTest, ATieInModeReply) {
  tie(rt, within_reply, 1s, true);
  EXPECT_EQ(told(), "value end=6");
}
TEST_F(TimeoutTest, ATieInModeReplyThatTheTimerWins) {
  tie(rt, within_reply, 1s, false);
  EXPECT_EQ(told(), "timed out end=-1");
}

TEST_F(TimeoutTest, AValueThatComesBetweenTheTimerAndItsTurnWins) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  spawn(rt, within, tell_int("a"), std::move(a), 1s);
  spawn(rt, within_reply, tell_int("b"), std::move(b), 1s);
  rt.run();
  defer(
      rt,
      [](Ret<int> x, Ret<int> y) {
        x(1);
        y(2);
      },
      std::move(ret_a), std::move(ret_b));  // queued ahead of the due timers
  rt.run(Instant(1s));
  EXPECT_EQ(told(), "got1 ~local a=1 value b=2");
}

TEST_F(TimeoutTest, AValueWhoseWakeIsQueuedWins) {
  auto [a, ret_a] = push_pipe<int>(rt);
  spawn(rt, within, tell_int("a"), std::move(a), 1s);
  rt.run();
  ret_a(1);
  rt.run(Instant(5s));
  EXPECT_EQ(told(), "got1 ~local a=1");
}

TEST_F(TimeoutTest, ASleepOfTheSameLengthWins) {
  spawn(
      rt,
      []() -> Task<int> {
        co_await timeout(1s, sleep(1s));
        const auto r = co_await timeout(1s, sleep(1s)).reply();
        const auto late = co_await timeout(1s, sleep(1s + 1ns)).reply();
        co_return (r ? 10 : 0) + (late ? 1 : 0);
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "end=10");
}

TEST_F(TimeoutTest, ALimitOfNothingLetsTimeMoveOnce) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const auto none = co_await timeout(-5s, sleep(1s)).reply();
        EXPECT_FALSE(none);
        const Instant before = core.now();
        const auto past = co_await deadline(Instant(), sleep(1s)).reply();
        EXPECT_FALSE(past);
        EXPECT_GT(core.now(), before);
        const auto ever = co_await timeout(Duration::max(), sleep(1s)).reply();
        EXPECT_TRUE(ever);
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "end=0");
}

TEST_F(TimeoutTest, ADeadlineIsAnInstant) {
  Event never;
  spawn(
      rt,
      [](Core& core, Borrowed<Event*> event) -> Task<int> {
        co_await sleep(1s);
        const auto r = co_await deadline(Instant(3s), event.get()->wait()).reply();
        EXPECT_FALSE(r);
        EXPECT_EQ(core.now(), Instant(3s));
        co_return 0;
      },
      tell_int("end"), unsafe_borrow(&never));
  run_virtual(rt);
  EXPECT_EQ(told(), "end=0");
}

Task<int> slow(int seconds) {
  const SaysBye local("~slow");
  co_await sleep(std::chrono::seconds(seconds));
  co_return seconds;
}
TEST_F(TimeoutTest, ATaskIsCancelledWhenItComesTooLate) {
  spawn(
      rt,
      []() -> Task<int> {
        const SaysBye local("~outer");
        const int v = co_await timeout(2s, slow(1));
        say("in time", v);
        const auto r = co_await timeout(2s, slow(3)).reply();
        say(to_string(r.error().why()));
        co_return co_await timeout(2s, slow(9));
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~slow in time1 ~slow timed out ~slow ~outer end!timed out");
}

TEST_F(TimeoutTest, ATaskIsGoneBeforeTheAwaiterGoesOn) {
  spawn(
      rt,
      []() -> Task<int> {
        const auto tell = [](const std::expected<int, ActorFail>& r) { say(r ? "value" : "late"); };
        tell(co_await timeout(1s, slow(2)).reply());
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~slow late end=0");
}

#if TROUPE_EXCEPTIONS
TEST_F(TimeoutTest, InModeValueItIsThrownAndExceptionsPass) {
  spawn(
      rt,
      []() -> Task<int> {
        try {
          (void)co_await timeout(1s, slow(2)).value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
        try {
          (void)co_await timeout(1s, []() -> Task<int> {
            throw std::runtime_error("child");
            co_return 0;
          }());
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~slow timed out child end=0");
}
#endif

struct Server {
  int now(int v) { return v + 1; }
  void never(Ret<int> ret) { kept = std::move(ret); }
  void wanted() { say("wanted", kept.is_wanted()); }
  Task<int> within(Cx<Server>& cx) {
    const SaysBye local("~within");
    (void)co_await timeout(1s, cx_sleep(cx));
    co_return 0;
  }
  Task<> cx_sleep(Cx<Server>&) { co_await sleep(9s); }
  Ret<int> kept = nullptr;
};
TEST_F(TimeoutTest, AnAskWithinALimit) {
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Server> s) -> Task<int> {
        const int v = co_await timeout(2s, ask<&Server::now>(s, 1));
        const auto r = co_await timeout(2s, ask<&Server::never>(s)).reply();
        say(to_string(r.error().why()));
        co_return v;
      },
      tell_int("end"), server.actor());
  run_virtual(rt);
  call<&Server::wanted>(server);
  rt.run();
  EXPECT_EQ(told(), "timed out end=2 wanted0");
  server = {};
  rt.run();
}

TEST_F(TimeoutTest, InsideAnActor) {
  auto server = make_actor<Server>(rt, tell_end("server"));
  spawn(
      rt, [](Actor<Server> s) -> Task<int> { co_return co_await ask<&Server::within>(s); },
      tell_int("end"), server.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "~within end!timed out");
  server = {};
  rt.run();
  EXPECT_EQ(told(), "server:dropped");
}

TEST_F(TimeoutTest, NestedAndAroundGroups) {
  spawn(
      rt,
      []() -> Task<int> {
        const auto inner = co_await timeout(3s, timeout(1s, slow(2))).reply();
        say(inner ? "value" : "inner");
        const auto outer = co_await timeout(1s, timeout(3s, slow(2))).reply();
        say(outer ? "value" : "outer");
        const auto both = co_await timeout(3s, all(slow(1), timeout(2s, slow(1)))).reply();
        say(both ? "both" : "late");
        const auto late = co_await all(slow(1), timeout(2s, slow(3))).reply();
        say(late ? "both" : to_string(late.error().why()));
        co_return co_await timeout(3s, timeout(1s, slow(2)));
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(),
            "~slow inner ~slow outer ~slow ~slow both ~slow ~slow timed out ~slow end!timed out");
}

TEST_F(TimeoutTest, LocksAndQueues) {
  Mutex mutex;
  Queue<int> queue(1);
  MutexGuard guard = mutex.try_lock();
  spawn(
      rt,
      [](Borrowed<Mutex*> m, Borrowed<Queue<int>*> q) -> Task<int> {
        const auto lock = co_await timeout(1s, m.get()->lock()).reply();
        say(lock ? "locked" : "late");
        const auto item = co_await timeout(1s, q.get()->pop()).reply();
        say(item ? "item" : "late");
        const auto next = co_await timeout(1s, q.get()->next()).reply();
        say(next && !*next ? "late" : "next");
        co_return 0;
      },
      tell_int("end"), unsafe_borrow(&mutex), unsafe_borrow(&queue));
  run_virtual(rt);
  EXPECT_EQ(told(), "late late late end=0");
  guard.unlock();
  EXPECT_TRUE(bool(mutex.try_lock())) << "nobody is left in the line";
}

struct Foreign {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { at = h; }
  int await_resume() const { return say("result"), 3; }
  static inline std::coroutine_handle<> at;
};
TEST_F(TimeoutTest, WhatForeignCodeHoldsIsParked) {
  spawn(
      rt,
      []() -> Task<int> {
        const auto r = co_await timeout(1s, Foreign()).reply();
        co_return r ? *r : -1;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "end=-1");
  Foreign::at.resume();
  rt.run();
  EXPECT_EQ(told(), "result");
}

TEST_F(TimeoutTest, CancelledAtEachItem) {
  for (int items = 0; items < 12; ++items) {
    auto [value, ret] = push_pipe<int>(rt);
    const TaskRef ref = spawn(rt, within, tell_int("end"), std::move(value), 1s);
    if (items > 0) rt.run_one();                                 // it waits
    if (items > 1) rt.run(rt.now() + 1s, RunLimit{.items = 0});  // its timer is due
    if (items == 3) ret(1);
    if (items > 4) rt.run_one();
    const bool over = ref.done();
    ref.cancel();
    rt.run();
    EXPECT_EQ(told(), over        ? "~local end!timed out"
                      : items > 0 ? "~local end!cancelled"
                                  : "end!cancelled")
        << items;
    EXPECT_EQ(rt.live_timers(), 0u);
    if (ret) ret(2);
  }
}

Detached detached(Event& event, int n) {
  const auto r = co_await timeout(1s, event.wait()).reply();
  say(r ? "set" : to_string(r.error().why()));
  say("n", n);
}
TEST_F(TimeoutTest, ACoroutineOfAForeignTypeMayWait) {
  Event event, never;
  std::optional<Detached> a, b, c;
  defer(
      rt,
      [](std::optional<Detached>* x, std::optional<Detached>* y, std::optional<Detached>* z,
         Event* e, Event* n) {
        x->emplace(detached(*e, 1));
        y->emplace(detached(*n, 2));
        z->emplace(detached(*n, 3));
      },
      unsafe_borrow(&a), unsafe_borrow(&b), unsafe_borrow(&c), unsafe_borrow(&event),
      unsafe_borrow(&never));
  rt.run();
  event.set();
  c->destroy();
  run_virtual(rt);
  EXPECT_EQ(told(), "set n1 timed out n2");
}

TEST_F(TimeoutTest, WhatComesBehindTheLimitDoesNotWakeAForeignCoroutineTwice) {
  Event event;
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, Event* e) { x->emplace(detached(*e, 1)); },
      unsafe_borrow(&a), unsafe_borrow(&event));
  rt.run();
  after(rt.core(), 1s, [](Event* e) { e->set(); }, unsafe_borrow(&event));
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "timed out n1");
}

TEST_F(TimeoutTest, NorWhatComesBehindTheRuntimesEnd) {
  Event event;
  std::optional<Detached> a;
  {
    Runtime ends;
    defer(
        ends, [](std::optional<Detached>* x, Event* e) { x->emplace(detached(*e, 1)); },
        unsafe_borrow(&a), unsafe_borrow(&event));
    ends.run();
  }
  event.set();
  EXPECT_FALSE(a->done());
  EXPECT_EQ(told(), "");
}

// ---- what was answered before the limit's record ran is delivered, through other tasks too
Task<int> gets(Value<int> value) { co_return co_await value; }
Task<int> gets_below(Value<int> value) { co_return co_await shield(gets(std::move(value))); }
Task<int> gets_far_below(Value<int> value) {
  co_return co_await timeout(100s, shield(gets_below(std::move(value))));
}

TEST_F(TimeoutTest, WhatWasAnsweredInTimeIsDeliveredThroughAnyNumberOfHops) {
  for (Task<int> (*task)(Value<int>) : {gets, gets_below, gets_far_below}) {
    auto [value, ret] = push_pipe<int>(rt);
    auto [other, ret_other] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Task<int> t) -> Task<int> {
          const auto r = co_await timeout(1s, std::move(t)).reply();
          co_return r ? *r : -1;
        },
        tell_int("reply"), task(std::move(value)));
    spawn(
        rt, [](Task<int> t) -> Task<int> { co_return co_await timeout(1s, std::move(t)); },
        tell_int("end"), task(std::move(other)));
    rt.run();
    ret(1);
    ret_other(2);
    rt.run(rt.now() + 1s);
    EXPECT_EQ(told(), "reply=1 end=2");
  }
}

// What was answered is found by a child that begins behind the limit's record.
template <class Await> Task<int> goes_on(Value<int> go, Value<int> value, Await await) {
  (void)co_await go;
  co_return co_await await(std::move(value));
}
Task<int> by_race(Value<int> v) {
  const auto won = co_await race(sleep(100s), std::move(v));
  co_return *won.get<1>();
}
Task<int> by_all(Value<int> v) {
  const auto one = co_await all(std::move(v));
  co_return std::get<0>(one);
}
Task<int> by_a_race_in_time(Value<int> v) {
  const auto won = co_await timeout(100s, any(sleep(100s), std::move(v))).reply();
  co_return *won->get<1>();
}
TEST_F(TimeoutTest, WhatWasAnsweredInTimeIsDeliveredThoughItsChildBeginsBehindTheLimit) {
  for (Task<int> (*await)(Value<int>) : {by_race, by_all, by_a_race_in_time})
    for (const bool is_there : {true, false}) {
      auto [go, ret_go] = push_pipe<int>(rt);
      auto [value, ret] = push_pipe<int>(rt);
      if (is_there) ret(42);
      spawn(
          rt,
          [](Task<int> t) -> Task<int> {
            const auto r = co_await timeout(1s, std::move(t)).reply();
            co_return r ? *r : -1;
          },
          tell_int("in time"), goes_on(std::move(go), std::move(value), await));
      rt.run();
      ret_go(1);
      rt.run(rt.now() + 1s);
      EXPECT_EQ(told(), is_there ? "in time=42" : "in time=-1");
    }
}

// The same where a coroutine of another library awaits the limit.
Detached theirs_in_time(Task<int> t) {
  const auto r = co_await timeout(1s, std::move(t)).reply();
  say("theirs=", r ? *r : -1);
}
Detached theirs_until(Task<int> t) {
  const auto r = co_await deadline(Core::current()->now() + 1s, all(std::move(t))).reply();
  say("theirs=", r ? std::get<0>(*r) : -1);
}
Detached theirs_race(Task<int> t) {
  const auto r = co_await timeout(1s, race(sleep(100s), std::move(t))).reply();
  say("theirs=", r ? r->get<1>().value_or(-2) : -1);
}
Detached theirs_any(Task<int> t) {
  const auto r = co_await timeout(1s, any(std::move(t), sleep(100s))).reply();
  say("theirs=", r ? r->get<0>().value_or(-2) : -1);
}
Detached theirs_join(Task<int> t) {
  Scope scope(*Core::current());
  auto got = std::make_shared<int>(-1);
  scope.spawn(
      [](Task<int> task, std::shared_ptr<int> to) -> Task<> {
        const int n = co_await std::move(task);
        *to = n;
      },
      std::move(t), got);
  const auto r = co_await timeout(1s, scope.join()).reply();
  say("theirs=", r ? *got : -1);
}
TEST_F(TimeoutTest, SoItIsInACoroutineOfAForeignType) {
  using Begins = Detached (*)(Task<int>);
  for (const Begins begins : {theirs_in_time, theirs_until, theirs_race, theirs_any, theirs_join})
    for (Task<int> (*await)(Value<int>) : {by_race, by_all, by_a_race_in_time})
      for (const bool is_there : {true, false}) {
        auto [go, ret_go] = push_pipe<int>(rt);
        auto [value, ret] = push_pipe<int>(rt);
        if (is_there) ret(42);
        std::optional<Detached> theirs;
        defer(
            rt,
            [](Begins b, Task<int> t, std::optional<Detached>* to) {
              to->emplace(b(std::move(t)));
            },
            begins, goes_on(std::move(go), std::move(value), await), unsafe_borrow(&theirs));
        rt.run();
        ret_go(1);
        rt.run(rt.now() + 1s);
        EXPECT_EQ(told(), is_there ? "theirs=42" : "theirs=-1");
      }
}

TEST_F(TimeoutTest, WhatIsAnsweredBehindTheLimitIsNotWaitedFor) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt, [](Task<int> t) -> Task<int> { co_return co_await timeout(1s, std::move(t)); },
      tell_int("end"), gets_far_below(std::move(value)));
  rt.run();
  after(rt.core(), 1s, [](Ret<int> r) { r(1); }, std::move(ret));
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "end!timed out");
}

TEST_F(TimeoutTest, ASleepOfTheSameLengthInATaskWins) {
  spawn(
      rt,
      []() -> Task<int> {
        const auto r =
            co_await timeout(
                1s, []() -> Task<> { co_await shield([]() -> Task<> { co_await sleep(1s); }()); }())
                .reply();
        co_return r ? 1 : 0;
      },
      tell_int("in time"));
  run_virtual(rt);
  EXPECT_EQ(told(), "in time=1");
}

// The race is decided by what came in time; its loser has received its value by then, and has its
// last turn.
Task<int> races_two(Value<int> x, Value<int> y) {
  const auto won = co_await race(std::move(x), std::move(y));
  EXPECT_EQ(won.index(), 0u);
  co_return *won.get<0>() * 10 + won.get<1>().value_or(0);
}
Task<int> races_far_below(Value<int> x, Value<int> y) {
  auto task = races_two(std::move(x), std::move(y));
  co_return co_await timeout(100s, shield(std::move(task)));
}
Task<int> races_in_a_race(Value<int> x, Value<int> y) {
  auto task = races_two(std::move(x), std::move(y));
  const auto won = co_await race(sleep(100s), std::move(task));
  co_return *won.get<1>();
}
TEST_F(TimeoutTest, ARaceWhoseLoserHasALastTurnBehindTheLimit) {
  for (const auto races : {races_two, races_far_below, races_in_a_race}) {
    auto [first, ret_first] = push_pipe<int>(rt);
    auto [second, ret_second] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Task<int> both) -> Task<int> {
          const auto r = co_await timeout(1s, std::move(both)).reply();
          co_return r ? *r : -1;
        },
        tell_int("both"), races(std::move(first), std::move(second)));
    rt.run();
    defer(
        rt,
        [](Core& core, Ret<int> a, Ret<int> b) {
          defer(core, [](Core&, Ret<int> r) { r(2); }, std::move(b));  // behind the limit's record
          a(1);
        },
        std::move(ret_first), std::move(ret_second));
    rt.run(rt.now() + 1s);
    EXPECT_EQ(told(), "both=12");
  }
}

// The race is decided in time; what its loser waited for was on its way, and leads to another wait.
Task<int> waits_below(Value<int> x) {
  const auto below = [](Value<int> v) -> Task<int> {
    const int got = co_await v;
    co_await sleep(1h);
    co_return got;
  };
  auto task = below(std::move(x));
  co_return co_await shield(std::move(task));
}
TEST_F(TimeoutTest, ARaceWhoseLoserWaitsAgainBehindTheLimit) {
  for (const bool behind : {false, true}) {
    auto [first, ret_first] = push_pipe<int>(rt);
    auto [second, ret_second] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Value<int> x, Value<int> y) -> Task<int> {
          auto late = waits_below(std::move(y));
          const auto r = co_await timeout(1s, race(std::move(x), std::move(late))).reply();
          co_return r ? *r->get<0>() : -1;
        },
        tell_int("first"), std::move(first), std::move(second));
    rt.run();
    defer(
        rt,
        [](Core& core, bool later, Ret<int> a, Ret<int> b) {
          if (later)
            defer(
                core, [](Core&, Ret<int> r) { r(2); }, std::move(b));  // behind the limit's record
          a(1);
          if (!later) b(2);
        },
        behind, std::move(ret_first), std::move(ret_second));
    rt.run(rt.now() + 1s);
    EXPECT_EQ(told(), "first=1");
    run_virtual(rt);  // what is shielded goes on
  }
}

TEST_F(TimeoutTest, AHopThatWaitsAgainAtTheLimitDoesNotBeginTo) {
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<int> {
        const auto r = co_await timeout(1s,
                                        [](Value<int> x) -> Task<int> {
                                          const SaysBye local("~inner");
                                          const int got = co_await shield(gets(std::move(x)));
                                          say("got", got);
                                          co_await sleep(1s);
                                          co_return got;
                                        }(std::move(v)))
                           .reply();
        say(r ? "value" : to_string(r.error().why()));
        co_return 0;
      },
      tell_int("end"), std::move(value));
  rt.run();
  ret(1);
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "got1 ~inner timed out end=0");
}

Task<> goes_on_and_on() {
  for (int n = 0; n < 1000; ++n) {  // woken again in each turn
    auto [v, r] = push_pipe<>(*Core::current());
    defer(*Core::current(), [](Ret<> to) { to(); }, std::move(r));
    co_await v;
  }
  say("child");
}
Task<int> joins_within(Core& core, Duration limit) {
  Scope scope(core);
  scope.spawn(goes_on_and_on());
  const auto r = co_await timeout(limit, scope.join()).reply();
  say(r ? "joined" : "late");
  co_await scope.join();
  co_return 0;
}
TEST_F(TimeoutTest, AJoinWhoseChildrenEndBeforeTimeMovesIsInTime) {
  spawn(rt, joins_within, tell_int("end"), Duration(0));
  run_virtual(rt);
  EXPECT_EQ(told(), "child joined end=0");
}
TEST_F(TimeoutTest, AJoinIsGivenUpThoughItsChildrenGoOnAndOn) {
  spawn(rt, joins_within, tell_int("end"), Duration(1s));
  rt.run(rt.now(),
         RunLimit{.items = 100});  // a host whose runs are bounded: time moves while they have work
  EXPECT_TRUE(rt.run(rt.now() + 1s, RunLimit{.items = 100}).work);
  EXPECT_EQ(told(), "late");
  run_virtual(rt);
  EXPECT_EQ(told(), "child end=0");
}

Detached within_limit(Runtime& rt, Ret<int>& ret, Duration limit) {
  auto pipe = push_pipe<int>(rt);
  ret = std::move(pipe.ret);
  const auto r = co_await timeout(limit, std::move(pipe.value)).reply();
  say("got", r ? std::to_string(*r) : to_string(r.error().why()));
}
TEST_F(TimeoutTest, AForeignCoroutineWhoseValueComesInTheTurnOfItsLimit) {
  Ret<int> ret = nullptr;
  std::optional<Detached> a;
  defer(
      rt,
      [](std::optional<Detached>* x, Runtime* r, Ret<int>* to) {
        x->emplace(within_limit(*r, *to, 1s));
      },
      unsafe_borrow(&a), unsafe_borrow(&rt), unsafe_borrow(&ret));
  rt.run();
  ret(42);
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "got42");
  EXPECT_TRUE(a->done());
  EXPECT_EQ(rt.live_timers(), 0u);
}

Detached locks_within(std::optional<Mutex>& mutex) {
  const auto guard = co_await timeout(1s, mutex->lock()).reply();
  say(guard ? "locked" : to_string(guard.error().why()));
}
TEST_F(TimeoutTest, AForeignCoroutineWhoseValueComesBetweenTheTimerAndItsTurn) {
  Ret<int> ret = nullptr;
  std::optional<Detached> a;
  defer(
      rt,
      [](std::optional<Detached>* x, Runtime* r, Ret<int>* to) {
        x->emplace(within_limit(*r, *to, 1s));
      },
      unsafe_borrow(&a), unsafe_borrow(&rt), unsafe_borrow(&ret));
  rt.run();
  defer(rt, [](Core&, Ret<int> r) { r(42); }, std::move(ret));
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "got42");
  EXPECT_EQ(rt.live_timers(), 0u);
}
TEST_F(TimeoutTest, AForeignCoroutineWhoseObjectGoesBetweenItsWakeAndItsTurn) {
  std::optional<Mutex> mutex(std::in_place);
  MutexGuard held = mutex->try_lock();
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, std::optional<Mutex>* m) { x->emplace(locks_within(*m)); },
      unsafe_borrow(&a), unsafe_borrow(&mutex));
  rt.run();
  held.unlock();
  rt.run();
  EXPECT_EQ(told(), "locked");
  a.reset();
  held = mutex->try_lock();
  defer(
      rt, [](std::optional<Detached>* x, std::optional<Mutex>* m) { x->emplace(locks_within(*m)); },
      unsafe_borrow(&a), unsafe_borrow(&mutex));
  rt.run();
  held.unlock();
  mutex.reset();
  rt.run();
  EXPECT_EQ(told(), "dropped");
}

Detached sleeps_within() { (void)co_await timeout(1s, sleep(1s)).reply(); }
TEST_F(TimeoutTest, AForeignCoroutineThatGoesInItsSleepIsResumedNoMore) {
  std::optional<Detached> a;
  defer(rt, [](std::optional<Detached>* x) { x->emplace(sleeps_within()); }, unsafe_borrow(&a));
  rt.run();
  a.reset();
  EXPECT_EQ(rt.live_timers(), 0u);
  EXPECT_FALSE(rt.run_one()) << "its resumption is queued, though it has gone";
}

TEST_F(TimeoutTest, LimitsWithinLimitsInAForeignCoroutine) {
  static const auto inner = [](Event& event) -> Detached {
    const auto r = co_await timeout(2s, timeout(1s, event.wait())).reply();
    say(r ? "set" : to_string(r.error().why()));
    const auto s = co_await timeout(1s, timeout(2s, event.wait())).reply();
    say(s ? "set" : to_string(s.error().why()));
  };
  Event event;
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, Event* e) { x->emplace(inner(*e)); }, unsafe_borrow(&a),
      unsafe_borrow(&event));
  run_virtual(rt);
  EXPECT_EQ(told(), "timed out timed out");
  EXPECT_EQ(rt.now() - Instant{}, 2s);
  EXPECT_TRUE(a->done());
}

TEST_F(TimeoutTest, TheRuntimesEnd) {
  {
    Runtime ends;
    auto [value, ret] = push_pipe<int>(ends);
    spawn(ends, within, tell_int("end"), std::move(value), 1s);
    ends.run();
    ends.run(Instant(1s), RunLimit{.items = 0});
  }
  EXPECT_EQ(told(), "~local end!runtime ended");
}

}  // namespace timeout_test
}  // namespace troupe
