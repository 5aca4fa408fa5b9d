// task/all_test.cpp: all of several: values in order, the first failure, modes, owners, and drops
// at every moment.
#include <troupe/task/all.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/event.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace all_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using AllTest = troupe_test::OneRuntimeTest;

Task<int> after_seconds(int seconds, int value) {
  const SaysBye local("~" + std::to_string(value));
  say("begin", value);
  co_await sleep(std::chrono::seconds(seconds));
  co_return value;
}
Task<> nothing() {
  say("nothing");
  co_return;
}
Task<int> lost(Core& core) {  // by what it awaits
  auto [value, ret] = push_pipe<int>(core);
  { const Ret<int> dies = std::move(ret); }
  const int v = co_await value;
  co_return v;
}

struct Server {
  int add(int v) const { return v + 1; }
  void keep(Ret<int> ret) { kept = std::move(ret); }
  Ret<int> kept = nullptr;
};

struct Foreign {  // goes on at once
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { h.resume(); }
  std::string await_resume() const { return "foreign"; }
};

TEST_F(AllTest, ValuesOfEachKindInTheOrderOfTheArguments) {
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Server> s) -> Task<> {
        const auto values = co_await all(after_seconds(2, 5), nothing(), ask<&Server::add>(s, 7),
                                         sleep(1s), Foreign());
        static_assert(
            std::is_same_v<decltype(values), const std::tuple<int, std::monostate, int,
                                                              std::monostate, std::string>>);
        say("a", std::get<0>(values));
        say("b", std::get<2>(values));
        say(std::get<4>(values));
      },
      ret_nop, server.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "begin5 nothing ~5 a5 b8 foreign");
  EXPECT_EQ(rt.now() - Instant{}, 2s) << "at the same time, not one after another";
}

TEST_F(AllTest, AVectorOfTasks) {
  spawn(
      rt,
      [](Core&) -> Task<int> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 100; ++i)
          tasks.push_back([](int n) -> Task<int> {
            co_await sleep(Duration(100 - n));
            co_return n;
          }(i));
        const std::vector<int> values = co_await all(std::move(tasks));
        int sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] == static_cast<int>(i);
        std::vector<Task<>> nothings;
        nothings.push_back(nothing());
        co_await all(std::move(nothings));
        const std::vector<int> none = co_await all(std::vector<Task<int>>());
        EXPECT_TRUE(none.empty());
        co_return sum;
      },
      tell_int("same"));
  run_virtual(rt);
  EXPECT_EQ(told(), "nothing same=100");
}

TEST_F(AllTest, ALossCancelsTheRestAndEndsTheTask) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const SaysBye local("~outer");
        (void)co_await all(after_seconds(9, 1), lost(core), after_seconds(9, 2));
        say("never");
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "begin1 begin2 ~1 ~2 ~outer end!dropped");
}

TEST_F(AllTest, InModeReplyALossIsAnError) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const auto r = co_await all(lost(core), after_seconds(9, 2)).reply();
        say(r ? "values" : to_string(r.error().why()));
        const auto ok = co_await all(after_seconds(1, 3)).reply();
        co_return ok ? std::get<0>(*ok) : -1;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "begin2 ~2 dropped begin3 ~3 end=3");
}

#if TROUPE_EXCEPTIONS
Task<int> throws(int seconds) {
  co_await sleep(std::chrono::seconds(seconds));
  throw std::runtime_error("child");
}

TEST_F(AllTest, InModeValueALossIsThrown) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        try {
          (void)co_await all(after_seconds(9, 2), lost(core)).value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
        co_return 1;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "begin2 ~2 dropped end=1");
}

TEST_F(AllTest, AnExceptionOfAChildIsRethrown) {
  spawn(
      rt,
      []() -> Task<int> {
        try {
          (void)co_await all(after_seconds(9, 1), throws(2), throws(1));
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        const auto r = co_await all(throws(1)).reply();
        say(to_string(r.error().why()));
        say(r.error().error().text());
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "begin1 ~1 child failed child end=0");
  EXPECT_EQ(rt.now() - Instant{}, 2s) << "the first exception was enough";
}

struct Careful {  // its handler survives what its children throw
  Task<int> tries(Cx<Careful>&) {
    try {
      (void)co_await all(throws(1), after_seconds(5, 1));
    } catch (const std::runtime_error&) {
      say("caught");
    }
    co_return 4;
  }
  Task<int> own(Cx<Careful>&) {
    co_await sleep(1s);
    throw std::runtime_error("own");
  }
  Task<int> tries_own(Cx<Careful>& cx) {
    const auto r = co_await all(own(cx)).reply();
    co_return r ? 1 : -1;
  }
};
TEST_F(AllTest, WhatAChildThrowsIsForItsAwaiterNotForTheActor) {
  auto careful = make_actor<Careful>(rt, tell_end("careful"));
  spawn(
      rt, [](Actor<Careful> c) -> Task<int> { co_return co_await ask<&Careful::tries>(c); },
      tell_int("a"), careful.actor());
  spawn(
      rt, [](Actor<Careful> c) -> Task<int> { co_return co_await ask<&Careful::tries_own>(c); },
      tell_int("b"), careful.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "begin1 ~1 caught a=4 b=-1");
  careful = {};
  rt.run();
  EXPECT_EQ(told(), "careful:dropped");
}
#endif

struct Owner {
  Task<int> waits(Cx<Owner>&) {
    (void)co_await all(after_seconds(9, 1), sleep(9s));
    co_return 0;
  }
  Task<int> ninth(Cx<Owner>&) {
    const SaysBye local("~ninth");
    co_await sleep(9s);
    co_return 9;
  }
  ~Owner() { say("~owner"); }
};
TEST_F(AllTest, ChildrenEndWithTheActorThatOwnsTheAwaiter) {
  auto own = make_actor<Owner>(rt, tell_end("own"));
  call<&Owner::waits>(own);
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 3u);
  own = {};
  rt.run();
  EXPECT_EQ(told(), "begin1 ~1 ~owner own:dropped");
}

TEST_F(AllTest, ATaskOfAnotherActorIsLostWithThatActor) {
  auto own = make_actor<Owner>(rt, tell_end("own"));
  rt.run();
  spawn(
      rt,
      [](Actor<Owner> o) -> Task<int> {
        (void)co_await all(after_seconds(99, 1), ask<&Owner::ninth>(o));
        co_return 0;
      },
      tell_int("end"), own.actor());
  rt.run();
  own = {};
  rt.run();
  EXPECT_EQ(told(), "begin1 ~ninth ~owner own:dropped ~1 end!lost");
}

TEST_F(AllTest, ManyAsksAtOnce) {
  auto server = make_actor<Server>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Server> s) -> Task<int> {
        const auto sums =
            co_await all(ask<&Server::add>(s, 1), ask<&Server::add>(s, 2), ask<&Server::add>(s, 3));
        const auto [a, b, c] = sums;
        co_return a * 100 + b * 10 + c;
      },
      tell_int("sums"), server.actor());
  rt.run();
  EXPECT_EQ(told(), "sums=234");
}

TEST_F(AllTest, DroppingTheAwaiterDropsItsChildren) {
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        const SaysBye local("~outer");
        (void)co_await all(after_seconds(9, 1), all(after_seconds(9, 2), after_seconds(9, 3)));
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 5u);
  ref.cancel();
  EXPECT_EQ(told(), "begin1 begin2 begin3 ~1 ~2 ~3 ~outer end!cancelled")
      << "children before what they were lent";
  EXPECT_EQ(rt.live_tasks(), 0u);
}

// The awaiter is cancelled after each number of items of the queue: whatever has begun is gone,
// nothing stays.
Task<int> nested(Borrowed<Event*> event) {
  co_await event.get()->wait();
  std::vector<Task<int>> more;
  more.push_back(after_seconds(0, 1));
  more.push_back(after_seconds(1, 2));
  const std::vector<int> values = co_await all(std::move(more));
  co_return values[0] + values[1];
}
TEST_F(AllTest, CancelledAtEachItem) {
  for (int items = 0;; ++items) {
    Event event;
    const TaskRef ref = spawn(
        rt,
        [](Borrowed<Event*> e) -> Task<int> {
          const auto values = co_await all(nested(e), sleep(1s), nested(e));
          co_return std::get<0>(values) + std::get<2>(values);
        },
        tell_int("end"), unsafe_borrow(&event));
    event.set();
    int left = items;
    for (; left > 0; --left) {
      if (rt.run_one()) continue;
      const auto next = rt.next_expiry();
      if (!next) break;
      rt.run(*next, RunLimit{.items = 1});
    }
    const bool over = ref.done();
    ref.cancel();
    EXPECT_EQ(rt.live_tasks(), 0u) << items;
    EXPECT_EQ(rt.live_timers(), 0u) << items;
    rt.run();
    const std::string heard = told();
    EXPECT_NE(heard.find(over ? "end=6" : "end!cancelled"), std::string::npos)
        << items << ": " << heard;
    if (over) break;
    ASSERT_LT(items, 200);
  }
}

TEST_F(AllTest, ADeepNestThatIsCancelledNeedsNoDeepStack) {
  struct Deep {
    static Task<int> nest(int depth) {
      if (depth == 0) {
        co_await sleep(1s);
        co_return 0;
      }
      const auto below = co_await all(nest(depth - 1));
      co_return std::get<0>(below) + 1;
    }
  };
  const TaskRef ref = spawn(rt, Deep::nest(20'000), tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(rt.live_tasks(), 0u);
  EXPECT_EQ(told(), "end!cancelled");
  spawn(rt, Deep::nest(20'000), tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "end=20000");
}

// A child whose local cancels the awaiter while the child is dropped.
struct Canceller {
  TaskRef* other;
  ~Canceller() { other->cancel(); }
};
TEST_F(AllTest, AChildThatDiesMayCancelItsAwaiter) {
  TaskRef outer;
  auto [value, ret] = push_pipe<int>(rt);
  outer = spawn(
      rt,
      [](Borrowed<TaskRef*> self, Value<int> v) -> Task<int> {
        (void)co_await all(
            [](Borrowed<TaskRef*> parent, Value<int> waits) -> Task<int> {
              const Canceller c{parent.get()};
              const int got = co_await waits;
              co_return got;
            }(self, std::move(v)),
            after_seconds(9, 1));
        co_return 0;
      },
      tell_int("end"), unsafe_borrow(&outer), std::move(value));
  rt.run();
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "begin1 ~1 end!cancelled");
}

TEST_F(AllTest, AChildThatRunsMayCancelItsAwaiter) {
  TaskRef outer;
  outer = spawn(
      rt,
      [](Borrowed<TaskRef*> self) -> Task<int> {
        (void)co_await all(
            [](Borrowed<TaskRef*> parent) -> Task<int> {
              const SaysBye local("~child");
              co_await sleep(1s);
              parent.get()->cancel();
              say("goes on");
              co_await sleep(1s);
              co_return 1;
            }(self),
            after_seconds(9, 1));
        co_return 0;
      },
      tell_int("end"), unsafe_borrow(&outer));
  run_virtual(rt);
  EXPECT_EQ(told(), "begin1 ~1 end!cancelled goes on ~child");
}

std::coroutine_handle<> held;
struct Holds {  // foreign code that keeps the handle
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { held = h; }
  int await_resume() const { return say("result"), 3; }
};
TEST_F(AllTest, AChildThatForeignCodeHoldsOutlives) {
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        (void)co_await all(Holds(), after_seconds(9, 1));
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "begin1 ~1 end!cancelled");
  EXPECT_EQ(rt.live_tasks(), 1u);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result");
}

#if TROUPE_EXCEPTIONS
struct HoldsAndThrows {
  struct Awaiter : Holds {
    ~Awaiter() noexcept(false) { throw std::runtime_error("an awaiter that goes"); }
  };
  Awaiter operator co_await() const { return {}; }
};
// Its slot has gone with the group by then.
TEST_F(AllTest, AChildThatOutlivesItsGroupMayThrowAsItGoes) {
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        (void)co_await all(HoldsAndThrows(), after_seconds(9, 1));
        co_return 0;
      },
      tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "begin1 ~1 end!cancelled");
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "result");
  EXPECT_EQ(rt.live_tasks(), 0u);
}
#endif

Detached detached() {
  const auto values = co_await all(after_seconds(1, 1), after_seconds(2, 2)).reply();
  say("sum", std::get<0>(*values) + std::get<1>(*values));
}
TEST_F(AllTest, ACoroutineOfAForeignTypeMayAwait) {
  std::optional<Detached> a, b;
  defer(
      rt,
      [](std::optional<Detached>* x, std::optional<Detached>* y) {
        x->emplace(detached());
        y->emplace(detached());
      },
      unsafe_borrow(&a), unsafe_borrow(&b));
  rt.run();
  EXPECT_EQ(told(), "begin1 begin2 begin1 begin2");
  b->destroy();
  EXPECT_EQ(told(), "~1 ~2");
  run_virtual(rt);
  EXPECT_EQ(told(), "~1 ~2 sum3");
}

TEST_F(AllTest, TheRuntimesEndDropsThemAll) {
  {
    Runtime ends;
    spawn(
        ends,
        []() -> Task<int> {
          co_return std::get<0>(co_await all(after_seconds(9, 1), after_seconds(9, 2)));
        },
        tell_int("end"));
    ends.run();
  }
  EXPECT_EQ(told().substr(0, 13), "begin1 begin2");
}

}  // namespace all_test
}  // namespace troupe
