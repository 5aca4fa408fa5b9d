// task/stop_test.cpp: asking to stop, and what is left behind by a task that is dropped.
#include <troupe/task/stop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

struct StopTest : troupe_test::RecordedTest {};

Task<int> with_token() {
  const SaysBye local("~local");
  const StopToken token = co_await stop_token();
  const StopCallback tells(token, [] { say("stop"); });
  co_await sleep(1s);
  co_return token.stop_requested() ? 1 : 0;
}

TEST_F(StopTest, ACancelledTaskTellsBeforeItsLocalsDie) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "stop ~local end!cancelled");
}

TEST_F(StopTest, ARequestLetsTheTaskGoOn) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  rt.run();
  ref.request_stop();
  ref.request_stop();
  EXPECT_EQ(told(), "stop") << "once";
  run_virtual(rt);
  EXPECT_EQ(told(), "~local end=1");
}

TEST_F(StopTest, ARequestIsRememberedForALaterToken) {
  Runtime rt;
  const TaskRef ref = spawn(rt, with_token(), tell_int("end"));
  ref.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "stop ~local end=1");
}

TEST_F(StopTest, AnEndInTheUsualWayRequestsNothing) {
  Runtime rt;
  spawn(rt, with_token(), tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~local end=0");
}

TEST_F(StopTest, ALostReplyRequestsIt) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v) -> Task<int> {
        const StopToken token = co_await stop_token();
        const StopCallback tells(token, [] { say("stop"); });
        co_return co_await v;
      },
      tell_int("end"), std::move(value));
  rt.run();
  { const Ret<int> dies_here = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "stop end!dropped");
}

TEST_F(StopTest, ATokenOutlivesItsTaskAndItsRuntime) {
  StopToken kept;
  {
    Runtime rt;
    spawn(
        rt,
        [](Borrowed<StopToken> to) -> Task<> {
          to.get() = co_await stop_token();
          co_await sleep(1h);
        },
        ret_nop, unsafe_borrow(kept));
    rt.run();
    EXPECT_FALSE(kept.stop_requested());
  }
  EXPECT_TRUE(kept.stop_requested()) << "the runtime's end drops its tasks";
  EXPECT_FALSE(StopToken().stop_possible());
}

TEST_F(StopTest, ACallbackMayCancelItsOwnTaskAndOthers) {
  Runtime rt;
  static TaskRef self, other;
  other = spawn(rt, with_token(), tell_int("other"));
  self = spawn(
      rt,
      []() -> Task<int> {
        const SaysBye local("~self");
        const StopToken token = co_await stop_token();
        const StopCallback cancels(token, [] { self.cancel(), other.cancel(); });
        co_await sleep(1s);
        co_return 0;
      },
      tell_int("self"));
  rt.run();
  self.cancel();
  EXPECT_EQ(told(), "~self self!cancelled stop ~local other!cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
  self = other = {};
}

TEST_F(StopTest, SourcesCallbacksAndTokens) {
  StopSource source;
  const StopToken token = source.token();
  {
    const StopCallback forgets(token, [] { say("never"); });
  }
  const StopCallback first(token, [](int n) { say("first", n); }, 1);
  const StopCallback second(token, [] { say("second"); });
  source.request_stop();
  EXPECT_EQ(told(), "second first1");
  const StopCallback late(token, [] { say("late"); });
  EXPECT_EQ(told(), "late") << "at once";
  EXPECT_TRUE(token.stop_requested());
  EXPECT_EQ(token, source.token());
}

struct Log {
  void undo(Cx<Log>&, int n) { say("undo", n); }
};

Task<int> undoes(Actor<Log> log, bool dismiss) {
  auto undo = co_await on_drop([](Actor<Log> to, int n) { call<&Log::undo>(to, n); }, log, 7);
  if (dismiss) undo.dismiss();
  co_await sleep(1s);
  co_return 0;
}

TEST_F(StopTest, WhatIsLeftForADropIsSentThen) {
  Runtime rt;
  const auto log = make_actor<Log>(rt, ret_nop);
  const TaskRef dropped = spawn(rt, undoes(log.actor(), false), tell_int("a"));
  const TaskRef dismissed = spawn(rt, undoes(log.actor(), true), tell_int("b"));
  spawn(rt, undoes(log.actor(), false), tell_int("c"));
  spawn(rt, undoes(log.actor(), false), tell_int("d")).cancel();
  rt.run();
  EXPECT_EQ(told(), "d!cancelled") << "it had not begun";
  dropped.cancel();
  dismissed.cancel();
  rt.run();
  EXPECT_EQ(told(), "a!cancelled b!cancelled undo7");
  run_virtual(rt);
  EXPECT_EQ(told(), "c=0") << "its end is no drop";
}

#if TROUPE_EXCEPTIONS
TEST_F(StopTest, AnExceptionIsNoDrop) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        auto undo = co_await on_drop([] { say("undone"); });
        throw 1;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "end!failed");
}
#endif

// ---- the word of a coroutine that is dropped, whichever and however
void say_text(const std::string& text) { say(text); }
using Word = OnDrop<void (*)(const std::string&), std::string>;
auto word(std::string text) { return on_drop(&say_text, std::move(text)); }
Task<Word> helper(std::string text) { co_return co_await word(std::move(text)); }
Generator<int> with_words() {
  auto outer = co_await word("outer");
  co_yield 1;
  {
    auto inner = co_await word("inner");
    co_yield 2;
  }
  co_yield 3;
}
Task<> reads(int n, bool then_waits) {
  auto numbers = with_words();
  for (int i = 0; i < n; ++i) co_await numbers.next();
  if (then_waits) co_await sleep(1s);
}

TEST_F(StopTest, AGeneratorAtRestIsDroppedByWhoeverLetsItGo) {
  constexpr std::string_view words[] = {"", "outer", "inner outer", "outer", ""};
  for (int n = 0; n <= 4; ++n) {
    const auto dropped = [&, n](std::string_view how) { EXPECT_EQ(told(), words[n]) << how << n; };
    Runtime rt;
    spawn(rt, reads(n, false));
    rt.run();
    dropped("its reader has ended");
    const TaskRef ref = spawn(rt, reads(n, true));
    rt.run();
    EXPECT_EQ(told(), "");
    ref.cancel();
    dropped("its reader is dropped");
    {
      auto numbers = std::make_unique<Generator<int>>(with_words());
      spawn(
          rt,
          [](Borrowed<Generator<int>*> g, int times) -> Task<> {
            for (int i = 0; i < times; ++i) co_await g.get()->next();
          },
          ret_nop, unsafe_borrow(numbers.get()), n);
      rt.run();
      EXPECT_EQ(told(), "");
      numbers.reset();
      dropped("by its host, outside of a run");
    }
    spawn(
        rt,
        [](int times) -> Task<> {
          auto numbers = with_words();
          for (int i = 0; i < times; ++i) co_await numbers.next();
          numbers = with_words();
          say("next");
        },
        ret_nop, n);
    rt.run();
    EXPECT_EQ(told(), std::string(words[n]) + (*words[n].data() ? " next" : "next")) << "assigned over";
    spawn(
        rt, [](int times) -> Task<> { (void)co_await collect(take(with_words(), static_cast<std::size_t>(times))); },
        ret_nop, n);
    rt.run();
    dropped("by a stream that ends before it");
  }
}

TEST_F(StopTest, AGeneratorThatOutlivesTheRuntimeIsDroppedToo) {
  auto numbers = with_words();
  {
    Runtime rt;
    spawn(
        rt, [](Borrowed<Generator<int>*> g) -> Task<> { co_await g.get()->next(); }, ret_nop, unsafe_borrow(&numbers));
    rt.run();
  }
  EXPECT_EQ(told(), "");
  { const auto dies_here = std::move(numbers); }
  EXPECT_EQ(told(), "outer");
}

TEST_F(StopTest, EveryCoroutineOfADroppedTaskLeavesItsWord) {
  Runtime rt;
  const TaskRef ref = spawn(rt, []() -> Task<> {
    auto a = co_await word("task");
    const auto step = []() -> Step<> {
      auto b = co_await word("step");
      const auto generator = []() -> Generator<int> {
        auto c = co_await word("generator");
        const auto child = []() -> Task<> {
          auto d = co_await word("child");
          co_await sleep(1s);
        };
        co_await child();
        co_yield 1;
      };
      auto g = generator();
      co_await g.next();
    };
    co_await step();
  });
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "child generator step task");
}

TEST_F(StopTest, AWordFollowsTheCoroutineThatHoldsIt) {
  const auto holds = [](bool waits) -> Task<> {
    auto undo = co_await helper("undo");
    auto moved = std::move(undo);
    if (waits) co_await sleep(1s);
  };
  for (const bool waits : {true, false}) {
    Runtime rt;
    const TaskRef ref = spawn(rt, holds, ret_nop, waits);
    rt.run();
    EXPECT_EQ(told(), "") << "nothing is dropped yet";
    ref.cancel();
    EXPECT_EQ(told(), waits ? "undo" : "");
  }
}

Task<> keeps(Word) { co_return; }

TEST_F(StopTest, AlsoIntoATaskThatDoesNotBeginAndToTheHeap) {
  Runtime rt;
  const TaskRef ref = spawn(rt, []() -> Task<> {
    auto behind = std::make_unique<Word>(co_await helper("behind"));
    auto parameter = co_await word("parameter");
    Task<> never = keeps(std::move(parameter));
    auto used = co_await word("used up");
    co_await keeps(std::move(used));
    auto kept = std::make_unique<Word>(co_await helper("kept"));
    kept.reset();
    co_await sleep(1s);
  });
  rt.run();
  EXPECT_EQ(told(), "");
  ref.cancel();
  EXPECT_EQ(told(), "parameter behind");
}

#if TROUPE_EXCEPTIONS
TEST_F(StopTest, AWordThatThrowsIsLogged) {
  Runtime rt;
  rt.set_logger(LogLevel::error, [](Core&, const LogRecord& r) { say(std::string(r.text)); });
  const TaskRef ref = spawn(rt, []() -> Task<> {
    auto a = co_await word("a");
    auto b = co_await on_drop([] { throw std::runtime_error("b"); });
    auto c = co_await word("c");
    co_await sleep(1s);
  });
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "c a a destructor threw while its task was dropped");
}
#endif

// A destructor in a drop may run another runtime, whose coroutines are not dropped.
struct RunsAnother {
  ~RunsAnother() { other->run(); }
  static inline Runtime* other = nullptr;
};
Task<int> leaves_its_word() {
  { auto undo = co_await word("dropped"); }
  if (TROUPE_EXCEPTIONS) TROUPE_THROW(1);
  co_return 1;
}
TEST_F(StopTest, WhatRunsInsideADropIsNoDrop) {
  for (const bool inside_a_run : {false, true}) {
    Runtime rt, other;
    RunsAnother::other = &other;
    rt.set_logger(LogLevel::error, [](Core&, const LogRecord& r) { say(std::string(r.text)); });
    const TaskRef outer = spawn(rt, []() -> Task<> {
      const RunsAnother last;
      co_await sleep(1s);
    });
    rt.run();
    spawn(other, leaves_its_word(), tell_int("inner"));
    if (inside_a_run)
      defer(rt, [](const TaskRef& ref) { ref.cancel(); }, outer);
    else
      outer.cancel();
    rt.run();
    EXPECT_EQ(told(), TROUPE_EXCEPTIONS ? "inner!failed" : "inner=1") << inside_a_run;
  }
}

TEST_F(StopTest, ATaskKnowsItself) {
  Runtime rt;
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        const TaskRef self = co_await this_task();
        say("id", static_cast<long long>(self.id()));
        self.cancel();
        say("goes on");
        co_await sleep(1s);
        say("never");
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "id1 goes on end!cancelled");
  EXPECT_TRUE(ref.done());
}

struct Worker {
  Task<> job(Cx<Worker>& cx, int seconds) {
    co_await sleep(std::chrono::seconds(seconds));
    say("job", seconds);
    if (seconds == 2) call<&Worker::last>(cx);
  }
  void finish(Cx<Worker>& cx) { cx.stop_after_tasks(); }
  void last() { say("call"); }
  ~Worker() { say("~worker"); }
};

TEST_F(StopTest, AnActorMayWaitForItsTasks) {
  Runtime rt;
  const auto worker = make_actor<Worker>(rt, tell_end("worker"));
  call<&Worker::job>(worker, 1);
  call<&Worker::job>(worker, 3);
  call<&Worker::finish>(worker);
  call<&Worker::job>(worker, 2);
  run_virtual(rt);
  EXPECT_EQ(told(), "job1 job2 call job3 ~worker worker:stopped");
}

TEST_F(StopTest, AnActorWithoutTasksStopsSoon) {
  Runtime rt;
  const auto worker = make_actor<Worker>(rt, tell_end("worker"));
  call<&Worker::finish>(worker);
  call<&Worker::last>(worker);
  rt.run();
  EXPECT_EQ(told(), "call ~worker worker:stopped");
}

struct Keeper {  // gives a ref of its task out
  Task<> job(Cx<Keeper>&, Ret<TaskRef> ret) {
    ret(co_await this_task());
    co_await sleep(1h);
  }
  void finish(Cx<Keeper>& cx) {
    cx.stop_after_tasks();
    mine.cancel();
    say("handler goes on");
  }
  TaskRef mine;
  ~Keeper() { say("~keeper"); }
};

TEST_F(StopTest, TheLastTaskMayBeCancelledInAHandlerOfItsActor) {
  Runtime rt;
  const auto keeper = make_actor<Keeper>(rt, tell_end("keeper"));
  static TaskRef ref;
  call<&Keeper::job>(keeper, ret_some_do([](TaskRef r) { ref = r; }));
  rt.run();
  call(keeper, [](Keeper& k, TaskRef r) { k.mine = r; }, ref);
  call<&Keeper::finish>(keeper);
  rt.run();
  EXPECT_EQ(told(), "handler goes on ~keeper keeper:stopped");
  ref = {};
}

// ---- whom a request reaches
Task<int> part(std::string name) {
  const StopToken token = co_await stop_token();
  const StopCallback tells(token, [](const std::string& n) { say(n); }, name);
  co_await sleep(1s);
  co_return token.stop_requested() ? 1 : 0;
}
struct Answers {
  Task<int> work(Cx<Answers>&) { co_return co_await part("handler"); }
  Task<int> mine(Cx<Answers>&) { co_return co_await part("task of an actor"); }
  void lend(Cx<Answers>& cx, Ret<Task<int>> ret) { ret(mine(cx)); }
};
struct PartsTest : StopTest {
  // Asked while it awaits them, and before it begins: both say `words`.
  template <class Fn> void expect(std::string_view words, Fn whole) {
    Runtime rt;
    TaskRef ref = spawn(rt, whole, tell_int("end"));
    rt.run();
    ref.request_stop();
    ref.request_stop();
    EXPECT_EQ(told(), words);
    ref.cancel();
    told();
    ref = spawn(rt, whole, tell_int("end"));
    ref.request_stop();
    rt.run();
    EXPECT_EQ(told(), words);
    ref.cancel();
    told();
  }
};

TEST_F(PartsTest, ChildrenOfGroups) {
  expect("a b", []() -> Task<int> {
    const auto [a, b] = co_await all(part("a"), part("b"));
    co_return a + b;
  });
  expect("a b", []() -> Task<int> {
    co_await race(part("a"), part("b"));
    co_return 1;
  });
  expect("a b", []() -> Task<int> {
    co_await any(part("a"), part("b"));
    co_return 1;
  });
  expect("a b", []() -> Task<int> {
    const auto inner = []() -> Task<int> {
      const auto [b] = co_await all(part("b"));
      co_return b;
    };
    const auto [a, b] = co_await all(part("a"), inner());
    co_return a + b;
  });
}

TEST_F(PartsTest, WhatIsWithinALimit) {
  expect("a", []() -> Task<int> { co_return co_await timeout(1h, part("a")); });
  expect("a b", []() -> Task<int> {
    const auto [a, b] = co_await timeout(1h, all(part("a"), part("b")));
    co_return a + b;
  });
}

TEST_F(PartsTest, TasksOfTheirOwn) {
  expect("a", []() -> Task<int> {
    const auto r = co_await part("a").reply();
    co_return *r;
  });
}

TEST_F(PartsTest, ATaskOfAnActor) {
  Runtime rt;
  const auto actor = make_actor<Answers>(rt, ret_nop);
  TaskRef ref;
  call<&Answers::lend>(actor, ret_some_do(
                                  [](Core& core, TaskRef* to, Task<int> lent) {
                                    *to = spawn(
                                        core, [](Task<int> t) -> Task<int> { co_return co_await std::move(t); },
                                        tell_int("end"), std::move(lent));
                                  },
                                  unsafe_borrow(rt.core()), unsafe_borrow(ref)));
  rt.run();
  ref.request_stop();
  EXPECT_EQ(told(), "task of an actor");
  run_virtual(rt);
  EXPECT_EQ(told(), "end=1");
}

TEST_F(PartsTest, ChildrenOfAScopeThatIsJoined) {
  expect("a b", []() -> Task<int> {
    Core& core = *Core::current();
    Scope scope(core);
    scope.spawn(part("a"));
    scope.spawn(part("b"));
    co_await scope.join();
    co_return 1;
  });
}

TEST_F(PartsTest, NotWhatIsShieldedNorAsked) {
  expect("", []() -> Task<int> { co_return co_await shield(part("a")); });
  told();  // the end of that runtime
  Runtime rt;
  const auto actor = make_actor<Answers>(rt, ret_nop);
  const TaskRef ref = spawn(
      rt, [](Actor<Answers> a) -> Task<int> { co_return co_await ask<&Answers::work>(a); }, tell_int("end"),
      actor.actor());
  rt.run();
  ref.request_stop();
  EXPECT_EQ(told(), "");
}

TEST_F(PartsTest, ACallbackOfAPartMayEndTheWhole) {
  Runtime rt;
  static TaskRef whole;
  const auto ends_it = []() -> Task<int> {
    const StopToken token = co_await stop_token();
    const StopCallback ends(token, [] {
      say("ends");
      whole.cancel();
    });
    co_await sleep(1s);
    co_return 1;
  };
  whole = spawn(
      rt,
      [](Task<int> ends) -> Task<int> {
        const auto [a, b, c] = co_await all(part("a"), std::move(ends), part("c"));
        co_return a + b + c;
      },
      tell_int("end"), ends_it());
  rt.run();
  whole.request_stop();
  EXPECT_EQ(told(), "a ends c end!cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
  whole = {};
}

// ---- a task that waits for nothing any more is looked at, and asked
struct LookTest : StopTest {
  static inline Runtime* rt;
  static inline TaskRef ref;
  static void look() {
    bool stuck = false;
    for (const AliveTask& t : rt->why_alive().tasks) stuck |= t.stuck || t.backtrace.empty();
    say(stuck ? "stuck" : "look");
    ref.request_stop();
  }
  void TearDown() override { ref = {}; }
  void runs(Runtime& runtime, TaskRef task) {
    rt = &runtime;
    ref = std::move(task);
  }
};
using Inner = Task<>;
Inner after_all() { co_await all(sleep(1s), sleep(1s)); }
Inner after_race() { co_await race(sleep(1s), sleep(2s)); }
Inner after_scope() {
  Scope scope(*Core::current());
  scope.spawn(sleep(1s));
  co_await scope.join();
}
Inner after_a_limit() { co_await timeout(2s, sleep(1s)); }
Inner after_a_task() { (void)co_await with_token().reply(); }
constexpr Inner (*inners[])() = {&after_all, &after_race, &after_scope, &after_a_limit, &after_a_task};

TEST_F(LookTest, AGeneratorThatHasLostLeavesNothingBehind) {
  for (const auto inner : inners) {
    Runtime runtime;
    runs(runtime, spawn(
                      runtime,
                      [](Inner (*in)()) -> Task<int> {
                        auto lost = [](Inner (*waits)()) -> Generator<int> {
                          co_await waits();
                          (void)co_await timeout(1s, all(sleep(0s))).reply();
                          defer(*Core::current(), [] { look(); });
                          co_yield std::unexpected(ActorFail(Why::overloaded));
                        };
                        auto g = lost(in);
                        const auto item = co_await g.next();
                        co_return item ? 1 : 0;
                      },
                      tell_int("end"), inner));
    run_virtual(runtime);
    EXPECT_EQ(told(), (inner == &after_a_task ? "~local " : "") + std::string("look end!overloaded"));
  }
}

TEST_F(LookTest, ALoserThatHasItsValueIsLookedAtByItsCallback) {
  for (const auto inner : inners) {
    for (const int next : {0, 1, 2, 3}) {
      Runtime runtime;
      auto a = push_pipe<int>(runtime);
      auto b = push_pipe<int>(runtime);
      const auto loser = [](Inner (*in)(), Value<int> value, int kind) -> Task<int> {
        ref = co_await this_task();
        const StopToken token = co_await stop_token();
        const StopCallback looks(token, [] { look(); });
        co_await in();
        const int n = co_await timeout(1h, std::move(value));
        if (kind == 0) co_await sleep(1s);
        if (kind == 1) co_await all(sleep(1s));
        if (kind == 2) co_await after_all();
        if (kind == 3) co_await std::suspend_always();
        co_return n;
      };
      runs(runtime, {});
      const auto both = [](Value<int> winner, Task<int> other) -> Task<int> {
        const auto first = co_await race(std::move(winner), std::move(other));
        co_return static_cast<int>(first.index());
      };
      spawn(runtime, both(std::move(a.value), loser(inner, std::move(b.value), next)), tell_int("end"));
      run_virtual(runtime, runtime.now() + 5s);
      told();
      a.ret(1);
      b.ret(2);
      run_virtual(runtime, runtime.now() + 5s);
      EXPECT_EQ(told(), "look end=0") << next;
    }
  }
}

TEST_F(LookTest, ATaskThatCancelsItselfInItsFirstTurn) {
  const auto cancels = [](bool now) -> Task<int> {
    ref = co_await this_task();
    if (now) ref.cancel();  // before it has a token: its callbacks run when it goes, at the end of this turn
    const StopToken token = co_await stop_token();
    const StopCallback looks(token, [] { look(); });
    (void)co_await timeout(1s, all(sleep(1s))).reply();
    co_return 1;
  };
  Runtime runtime;
  runs(runtime, {});
  spawn(runtime, cancels(false), tell_int("end"));  // so that the cell of the next one held an awaiter
  run_virtual(runtime);
  EXPECT_EQ(told(), "end=1");
  ref = {};
  spawn(runtime, cancels(true), tell_int("end"));
  run_virtual(runtime);
  EXPECT_EQ(told(), "look end!cancelled");
}

TEST_F(LookTest, ATaskThatCancelsItselfBeforeATaskOfAnActor) {
  Runtime runtime;
  runs(runtime, {});
  const auto actor = make_actor<Answers>(runtime, ret_nop);
  call<&Answers::lend>(actor, ret_some_do(
                                  [](Core& core, Task<int> lent) {
                                    const auto reads = [](Task<int> t) -> Task<int> {
                                      ref = co_await this_task();
                                      co_await timeout(1h, sleep(1s));
                                      ref.cancel();
                                      const StopToken token = co_await stop_token();
                                      const StopCallback looks(token, [] { look(); });
                                      co_return co_await std::move(t);
                                    };
                                    spawn(core, reads(std::move(lent)), tell_int("end"));
                                  },
                                  unsafe_borrow(runtime.core())));
  run_virtual(runtime);
  EXPECT_EQ(told(), "look end!cancelled");
}

}  // namespace
}  // namespace troupe
