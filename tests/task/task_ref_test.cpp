// task/task_ref_test.cpp: whom a request to stop reaches, and what may be looked at meanwhile.
#include <troupe/task/task_ref.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"
#include "support/with_token.hpp"

namespace troupe {
namespace task_ref_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::with_token;

struct TaskRefTest : troupe_test::RecordedTest {};

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
struct PartsTest : TaskRefTest {
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
  call<&Answers::lend>(
      actor, ret_some_do(
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
      rt, [](Actor<Answers> a) -> Task<int> { co_return co_await ask<&Answers::work>(a); },
      tell_int("end"), actor.actor());
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
struct LookTest : TaskRefTest {
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
constexpr Inner (*inners[])() = {&after_all, &after_race, &after_scope, &after_a_limit,
                                 &after_a_task};

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
    EXPECT_EQ(told(),
              (inner == &after_a_task ? "~local " : "") + std::string("look end!overloaded"));
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
      spawn(runtime, both(std::move(a.value), loser(inner, std::move(b.value), next)),
            tell_int("end"));
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
    if (now)
      ref.cancel();  // before it has a token: its callbacks run when it goes, at the end of this
                     // turn
    const StopToken token = co_await stop_token();
    const StopCallback looks(token, [] { look(); });
    (void)co_await timeout(1s, all(sleep(1s))).reply();
    co_return 1;
  };
  Runtime runtime;
  runs(runtime, {});
  spawn(runtime, cancels(false),
        tell_int("end"));  // so that the cell of the next one held an awaiter
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

}  // namespace task_ref_test
}  // namespace troupe
