// task/scope_test.cpp: scopes: joining, the first failure, cancelling, bounds, owners, and ends at
// every moment.
#include <troupe/task/scope.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/event.hpp>
#include <troupe/task/mutex.hpp>
#include <troupe/task/queue.hpp>
#include <troupe/task/race.hpp>
#include <troupe/task/semaphore.hpp>
#include <troupe/task/timeout.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace scope_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using ScopeTest = troupe_test::OneRuntimeTest;

Task<int> work(int seconds) {
  const SaysBye local("~" + std::to_string(seconds));
  co_await sleep(std::chrono::seconds(seconds));
  say("done", seconds);
  co_return seconds;
}
Task<> lost_after(Core& core, int seconds) {
  auto [value, ret] = push_pipe<>(core);
  co_await sleep(std::chrono::seconds(seconds));
  { const Ret<> dies = std::move(ret); }
  co_await value;
}

TEST_F(ScopeTest, JoinWaitsForAll) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        co_await scope.join();  // nobody yet
        scope.spawn(work, 2);
        scope.spawn(work(1));
        scope.spawn(sleep(3s));
        scope.spawn(
            [](Core& c, int n) -> Task<> {
              co_await sleep(1s);
              say("at", (c.now() - Instant{}) / 1s + n);
            },
            0);
        EXPECT_EQ(scope.size(), 4u);
        co_await scope.join();
        say("joined");
        EXPECT_EQ(core.now(), Instant(3s));
        scope.spawn(work(1));  // and again
        co_await scope.join();
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1 at1 done2 ~2 joined done1 ~1 end=0");
}

TEST_F(ScopeTest, LeftWithoutJoiningItCancelsItsChildren) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const SaysBye outer("~outer");
        {
          Scope scope(core);
          scope.spawn(work(5));
          scope.spawn(work(6));
          co_await sleep(1s);
          scope.spawn(work(7));  // never begins
        }
        say("left");
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 ~6 left ~outer end=0");
}

TEST_F(ScopeTest, ChildrenGoBeforeWhatTheyWereLent) {
  const TaskRef ref = spawn(
      rt,
      [](Core& core) -> Task<int> {
        const SaysBye lent("~lent");
        Scope scope(core);
        scope.spawn(work(5));
        co_await scope.join();
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "~5 ~lent end!cancelled");
}

TEST_F(ScopeTest, AChildThatIsLostCancelsTheRest) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(work(5));
        scope.spawn(lost_after(core, 1));
        const auto r = co_await scope.join().reply();
        say(to_string(r.error().why()));
        EXPECT_FALSE(scope.is_open());
        EXPECT_TRUE(scope.spawn(work(1)).done()) << "closed";
        co_await scope.join();
        say("never");
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 dropped end!dropped");
}

#if TROUPE_EXCEPTIONS
TEST_F(ScopeTest, AnExceptionOfAChildIsRethrownByJoin) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(work(5));
        scope.spawn([]() -> Task<> {
          co_await sleep(1s);
          throw std::runtime_error("child");
        });
        co_await sleep(2s);
        EXPECT_EQ(scope.size(), 0u);
        try {
          co_await scope.join();
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        try {
          co_await scope.join().value();
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 child child end=0");
}

TEST_F(ScopeTest, InModeValueALossIsThrown) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(lost_after(core, 1));
        try {
          co_await scope.join().value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "dropped end=0");
}
#endif

TEST_F(ScopeTest, CancellingIsNoFailure) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(work(5));
        co_await sleep(1s);
        scope.cancel();
        EXPECT_EQ(scope.size(), 0u);
        EXPECT_TRUE(scope.spawn(work(6)).done());
        co_await scope.join();
        co_return 1;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 end=1");
}

TEST_F(ScopeTest, OneChildTooManyFailsIt) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core, 2);
        scope.spawn(work(5));
        scope.spawn(work(6));
        co_await sleep(1s);
        EXPECT_TRUE(scope.spawn(work(7)).done());
        const auto r = co_await scope.join().reply();
        say(to_string(r.error().why()));
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 ~6 overloaded end=0");
}

struct Owner {
  Task<> serve(Cx<Owner>& cx) {
    Scope scope(cx);
    scope.spawn(work(8));
    scope.spawn(own(cx, 9));
    co_await scope.join();
  }
  Task<> own(Cx<Owner>&, int n) {
    const SaysBye local("~own");
    co_await sleep(std::chrono::seconds(n));
  }
  ~Owner() { say("~owner"); }
};
TEST_F(ScopeTest, ChildrenOfAnActorsScopeEndWithIt) {
  auto own = make_actor<Owner>(rt, tell_end("own"));
  call<&Owner::serve>(own);
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 3u);
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~own ~8 ~owner own:dropped");
}

struct Keeper {  // a scope as a member: its children are those of the actor
  explicit Keeper(Cx<Keeper>& cx) : scope(cx) {}
  void begin(int n) { scope.spawn(work(n)); }
  void cancel() { scope.cancel(); }
  Scope scope;
};
TEST_F(ScopeTest, AsAMemberOfAnActor) {
  auto keeper = make_actor<Keeper>(rt, tell_end("keeper"));
  call<&Keeper::begin>(keeper, 1);
  call<&Keeper::begin>(keeper, 5);
  rt.run(Instant(1s));
  rt.run(Instant(2s));
  EXPECT_EQ(told(), "done1 ~1");
  keeper = {};
  rt.run();
  EXPECT_EQ(told(), "~5 keeper:dropped");
}

TEST_F(ScopeTest, DestroyedWhileSomebodyJoins) {
  auto scope = std::make_unique<Scope>(rt);
  scope->spawn(work(5));
  spawn(
      rt,
      [](Borrowed<Scope*> s) -> Task<int> {
        co_await s.get()->join();
        co_return 0;
      },
      tell_int("drop"), unsafe_borrow(scope.get()));
  rt.run();
  scope.reset();
  EXPECT_EQ(told(), "~5");
  rt.run();
  EXPECT_EQ(told(), "drop!dropped");
}

TEST_F(ScopeTest, JoinWithinALimit) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(work(5));
        const auto r = co_await timeout(1s, scope.join()).reply();
        say(r ? "joined" : "late");
        EXPECT_EQ(scope.size(), 1u) << "only the join is given up";
        co_await scope.join();
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "late done5 ~5 end=0");
}

TEST_F(ScopeTest, ScopesWithinScopesAndChildrenThatSpawn) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(
            [](Core& c, Scope& outer) -> Step<> {
              Scope inner(c);
              inner.spawn(work(1));
              outer.spawn(work(2));
              co_await inner.join();
              say("inner");
            },
            scoped(scope));
        co_await scope.join();
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1 inner done2 ~2 end=0");
}

TEST_F(ScopeTest, AChildMayCancelItsScope) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Scope scope(core);
        scope.spawn(work(5));
        scope.spawn(
            [](Scope& s) -> Step<> {
              const SaysBye local("~canceller");
              co_await sleep(1s);
              s.cancel();
              say("cancelled");
              co_await sleep(1s);
              say("never");
            },
            scoped(scope));
        co_await scope.join();
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 cancelled ~canceller end=0");
}

TEST_F(ScopeTest, CancelledAtEachItem) {
  for (int items = 0;; ++items) {
    ASSERT_LT(items, 200);
    const TaskRef ref = spawn(
        rt,
        [](Core& core) -> Task<int> {
          Scope scope(core);
          for (int n = 1; n < 4; ++n)
            scope.spawn(
                [](Core& c, int seconds) -> Task<> {
                  Scope inner(c);
                  inner.spawn(work(seconds));
                  inner.spawn(work(1));
                  co_await inner.join();
                },
                n);
          co_await scope.join();
          co_return 0;
        },
        tell_int("end"));
    for (int left = items; left > 0; --left) {
      if (rt.run_one()) continue;
      if (const auto next = rt.next_expiry()) rt.run(*next, RunLimit{.items = 1});
    }
    const bool over = ref.done();
    ref.cancel();
    EXPECT_EQ(rt.live_tasks(), 0u) << items;
    EXPECT_EQ(rt.live_timers(), 0u) << items;
    rt.run();
    const std::string heard = told();
    EXPECT_NE(heard.find(over ? "end=0" : "end!cancelled"), std::string::npos)
        << items << ": " << heard;
    if (over) break;
  }
}

Detached detached(Scope& scope) {
  const auto r = co_await scope.join().reply();
  say(r ? "joined" : "lost");
}
// The last child ends, and another begins before whoever joins has gone on.
struct LateChild {
  explicit LateChild(Runtime& runtime) : rt(runtime), scope(std::in_place, runtime) {
    auto [value, ret] = push_pipe<>(rt);
    scope->spawn(std::move(value));
    last = std::move(ret);
  }
  void child_ends_and_another_begins() {
    rt.run();
    last();
    rt.run_one();  // the child's last turn
    EXPECT_EQ(scope->size(), 0u);
    scope->spawn(work(1));
  }
  Runtime& rt;
  std::optional<Scope> scope;
  Ret<> last = nullptr;
};
Task<int> joins(Borrowed<Scope> scope) {
  co_await scope->join();
  say("left", static_cast<int>(scope->size()));
  co_return 0;
}

TEST_F(ScopeTest, JoinGoesOnWhenNoChildIsLeftAtThatMoment) {
  LateChild w(rt);
  spawn(rt, joins, tell_int("end"), unsafe_borrow(*w.scope));
  w.child_ends_and_another_begins();
  rt.run();
  EXPECT_EQ(told(), "");
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1 left0 end=0");
}

TEST_F(ScopeTest, AJoinThatWasToldWaitsOnWithinItsLimit) {
  LateChild w(rt);
  spawn(
      rt,
      [](Borrowed<Scope> scope) -> Task<int> {
        const auto r = co_await timeout(500ms, scope->join()).reply();
        say(r ? "joined" : "late");
        co_return static_cast<int>(scope->size());
      },
      tell_int("left"), unsafe_borrow(*w.scope));
  w.child_ends_and_another_begins();
  run_virtual(rt);
  EXPECT_EQ(told(), "late left=1 done1 ~1");
}

TEST_F(ScopeTest, AJoinThatWasToldMayBeCancelledLoseOrFindTheScopeGone) {
  for (const std::string_view how : {"cancel", "close", "gone", "fails"}) {
    LateChild w(rt);
    const TaskRef ref = spawn(rt, joins, tell_int("end"), unsafe_borrow(*w.scope));
    w.child_ends_and_another_begins();
    if (how == "cancel") ref.cancel();
    if (how == "close") w.scope->cancel();
    if (how == "gone") w.scope.reset();
    if (how == "fails") w.scope->spawn(lost_after, 0);
    rt.run();
    rt.run(rt.now() + 1ms);
    EXPECT_TRUE(ref.done()) << how;
    w.scope.reset();
    EXPECT_EQ(told(), how == "cancel"  ? "end!cancelled ~1"
                      : how == "close" ? "left0 end=0"
                      : how == "gone"  ? "end!dropped"
                                       : "~1 end!dropped")
        << how;
  }
}

TEST_F(ScopeTest, ALoserOfARaceThatWasToldGoesWhereItWaitsOn) {
  LateChild w(rt);
  auto [win, ret] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Borrowed<Scope> scope, Value<int> first) -> Task<int> {
        const auto raced = co_await race(std::move(first), joins(scope));
        EXPECT_FALSE(raced.get<1>());
        co_return static_cast<int>(raced.index());
      },
      tell_int("first"), unsafe_borrow(*w.scope), std::move(win));
  rt.run();
  ret(1);
  w.last();
  rt.run_one();  // the winner
  rt.run_one();  // the scope's last child: who joins is to go on for the last time
  EXPECT_EQ(w.scope->size(), 0u);
  w.scope->spawn(work(1));
  rt.run();
  EXPECT_EQ(told(), "first=0");
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1");
}

TEST_F(ScopeTest, AForeignCoroutineThatWasToldWaitsOn) {
  LateChild w(rt);
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, Scope* s) { x->emplace(detached(*s)); }, unsafe_borrow(&a),
      unsafe_borrow(&*w.scope));
  w.child_ends_and_another_begins();
  rt.run();
  EXPECT_EQ(told(), "");
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1 joined");
}

TEST_F(ScopeTest, ACoroutineOfAForeignTypeMayJoin) {
  Scope scope(rt);
  scope.spawn(work(1));
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, Scope* s) { x->emplace(detached(*s)); }, unsafe_borrow(&a),
      unsafe_borrow(&scope));
  run_virtual(rt);
  EXPECT_EQ(told(), "done1 ~1 joined");
}

TEST_F(ScopeTest, ItOutlivesTheRuntime) {
  std::optional<Scope> scope;
  {
    Runtime ends;
    scope.emplace(ends);
    scope->spawn(work(5));
    ends.run();
  }
  EXPECT_EQ(told(), "~5");
  EXPECT_EQ(scope->size(), 0u);
  EXPECT_TRUE(scope->spawn(work(1)).done());
}

// ---- children that borrow
Step<> permitted(Semaphore& semaphore, int n) {
  const SaysBye local("~" + std::to_string(n));
  const Permit permit = co_await semaphore.acquire();
  say("in", n);
  co_await sleep(1s);
  say("out", n);
}

TEST_F(ScopeTest, ChildrenShareWhatOutlivesTheScope) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Semaphore semaphore(2);
        Scope scope(core);
        for (int n = 1; n <= 4; ++n) scope.spawn(permitted, scoped(semaphore), n);
        EXPECT_EQ(scope.size(), 4u);
        co_await scope.join();
        EXPECT_EQ(semaphore.available(), 2u);
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "in1 in2");
  run_virtual(rt);
  EXPECT_EQ(told(), "out1 ~1 out2 ~2 in3 in4 out3 ~3 out4 ~4 end=0");
}

Step<> measures(std::string_view text, const std::string& name, const std::vector<int>& numbers,
                std::size_t& sum) {
  co_await sleep(1s);
  say(std::string(text) + "," + name);
  sum += numbers.size();
}
TEST_F(ScopeTest, WhatAChildTakesByReferenceIsLentOrLiesInIt) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        std::size_t sum = 0;
        const std::vector<int> numbers(3);
        Scope scope(core);
        {
          const std::string gone = "a text that is longer than a small string";
          scope.spawn(measures, gone, std::string("name"), scoped(numbers), scoped(sum));
        }
        scope.spawn(measures, std::string("moved"), std::string("in"), std::vector<int>(2),
                    scoped(sum));
        co_await scope.join();
        co_return static_cast<int>(sum);
      },
      tell_int("sum"));
  run_virtual(rt);
  EXPECT_EQ(told(), "a text that is longer than a small string,name moved,in sum=5");
}

struct Shape {
  virtual ~Shape() = default;
  virtual int corners() const = 0;
};
struct Square : Shape {
  int corners() const override { return 4; }
};
TEST_F(ScopeTest, AChildTakesTheContextFirstAndABaseOfWhatIsLent) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Square square;
        int corners = 0;
        Scope scope(core);
        scope.spawn(
            [](Core& c, const Shape& shape, auto& sum) -> Step<int> {
              co_await sleep(1s);
              sum += shape.corners() + static_cast<int>((c.now() - Instant{}) / 1s);
              co_return sum;
            },
            scoped(square), scoped(corners));
        co_await scope.join();
        co_return corners;
      },
      tell_int("corners"));
  run_virtual(rt);
  EXPECT_EQ(told(), "corners=5");
}

TEST_F(ScopeTest, AChildMayBeLentItsScopeAndBeginOthers) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        int visited = 0;
        Scope scope(core);
        struct Visit {
          static Step<> node(Scope& nursery, int& count, int depth) {
            ++count;
            co_await sleep(1s);
            if (depth == 0) co_return;
            nursery.spawn(&node, scoped(nursery), scoped(count), depth - 1);
            nursery.spawn(&node, scoped(nursery), scoped(count), depth - 1);
          }
        };
        scope.spawn(&Visit::node, scoped(scope), scoped(visited), 3);
        co_await scope.join();
        co_return visited;
      },
      tell_int("visited"));
  run_virtual(rt);
  EXPECT_EQ(told(), "visited=15");
}

struct Touches {  // whose destructor uses what was lent
  std::string& text;
  ~Touches() { say(text); }
};
Step<> touches_at_its_end(std::string& text) {
  const Touches local{text};
  co_await sleep(5s);
}
TEST_F(ScopeTest, ADroppedChildGoesBeforeWhatItWasLent) {
  for (const Literal how :
       {Literal("parent"), Literal("scope"), Literal("unborn"), Literal("sibling")}) {
    const TaskRef ref = spawn(
        rt,
        [](Core& core, Literal literal) -> Task<int> {
          const std::string_view way = literal;
          std::string text = "a text that is longer than a small string";
          {
            Scope scope(core);
            scope.spawn(touches_at_its_end, scoped(text));
            if (way == "unborn") co_return 1;
            if (way == "sibling") scope.spawn(lost_after, 1);
            co_await sleep(2s);
            if (way != "parent") co_return 2;
            co_await scope.join();
          }
          co_return 3;
        },
        ret_nop, how);
    rt.run();
    if (how == Literal("parent")) ref.cancel();
    run_virtual(rt);
    EXPECT_TRUE(ref.done()) << how.view();
    EXPECT_EQ(told(), how == Literal("unborn") ? "" : "a text that is longer than a small string")
        << how.view();
  }
}

TEST_F(ScopeTest, InAClosedScopeABorrowingChildIsNotBegun) {
  int n = 0;
  Scope scope(rt);
  scope.cancel();
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef ref = scope.spawn(
      [](int& x, Ret<int> answer) -> Step<> {
        answer(++x);
        co_return;
      },
      scoped(n), std::move(ret));
  EXPECT_TRUE(ref.done());
  EXPECT_TRUE(value.ready()) << "its arguments went";
  rt.run();
  EXPECT_EQ(n, 0);
}

TEST_F(ScopeTest, StepsInOneExpressionTakeALoanAsTheObjectItself) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Semaphore semaphore(1);
        co_await all(permitted(scoped(semaphore), 1), permitted(semaphore, 2));
        (void)co_await race(permitted(scoped(semaphore), 3), sleep(500ms));
        (void)co_await timeout(500ms, permitted(scoped(semaphore), 4)).reply();
        EXPECT_EQ(semaphore.available(), 1u);
        co_return static_cast<int>((core.now() - Instant{}) / 1s);
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "in1 out1 ~1 in2 out2 ~2 in3 ~3 in4 ~4 end=3");
}

std::coroutine_handle<> kept_by_others;
struct KeptByOthers {  // foreign code that keeps the handle
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { kept_by_others = h; }
  void await_resume() const { say("result"); }
};
TEST_F(ScopeTest, AChildThatForeignCodeHoldsMayOutliveWhatItWasLent) {
  {
    Event event;
    Scope scope(rt);
    scope.spawn(
        [](Event& e) -> Step<> {
          (void)e;
          co_await KeptByOthers();
        },
        scoped(event));
    rt.run();
  }
  EXPECT_EQ(rt.live_tasks(), 1u);
  kept_by_others.resume();
  rt.run();
  EXPECT_EQ(told(), "result");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

#if TROUPE_EXCEPTIONS
TEST_F(ScopeTest, AnExceptionOfABorrowingChildIsRethrownByJoin) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const std::string text = "borrowed";
        Scope scope(core);
        scope.spawn(work(5));
        scope.spawn(
            [](const std::string& what) -> Step<> {
              co_await sleep(1s);
              throw std::runtime_error(what);
            },
            scoped(text));
        try {
          co_await scope.join();
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~5 borrowed end=0");
}
#endif

#if TROUPE_DEBUG
template <class Object> void declared_behind_its_scope(Runtime& rt) {
  Scope scope(rt);
  Object object = [] {
    if constexpr (std::is_constructible_v<Object, int>)
      return Object(1);
    else
      return Object();
  }();
  scope.spawn([](Object&) -> Step<> { co_await sleep(1s); }, scoped(object));
  rt.run();
}
TEST_F(ScopeTest, InDebugBuildsWhatGoesBeforeTheChildThatBorrowsItIsToldOf) {
  const char* words = "an object went before the child of a Scope that borrows it by scoped";
  EXPECT_DEATH(declared_behind_its_scope<Event>(rt), words);
  EXPECT_DEATH(declared_behind_its_scope<Semaphore>(rt), words);
  EXPECT_DEATH(declared_behind_its_scope<Mutex>(rt), words);
  EXPECT_DEATH(declared_behind_its_scope<Queue<int>>(rt), words);
  {
    Scope scope(rt);
    Event event;  // no harm is done: the child has ended
    scope.spawn([](Event& e) -> Step<> { co_await e.wait(); }, scoped(event));
    event.set();
    rt.run();
  }
}
#endif

}  // namespace scope_test
}  // namespace troupe
