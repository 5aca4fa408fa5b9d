// task/race_test.cpp: the first of several: who decides, what losers keep, failures, and any().
#include <troupe/task/race.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace race_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using RaceTest = troupe_test::OneRuntimeTest;

Task<int> after_seconds(int seconds, int value) {
  const SaysBye local("~" + std::to_string(value));
  co_await sleep(std::chrono::seconds(seconds));
  co_return value;
}
Task<int> gets(Value<int> value) {
  const int v = co_await value;
  co_return v;
}
Task<int> gets_then_sleeps(Value<int> value) {
  const SaysBye local("~slow");
  const int v = co_await value;
  say("got", v);
  co_await sleep(1s);
  co_return v;
}

TEST_F(RaceTest, TheFirstThatEndsDecides) {
  spawn(
      rt,
      []() -> Task<int> {
        auto raced = co_await race(after_seconds(3, 1), after_seconds(1, 2), sleep(2s));
        static_assert(std::is_same_v<decltype(raced), Raced<int, int, std::monostate>>);
        EXPECT_FALSE(raced.get<0>());
        EXPECT_FALSE(raced.get<2>());
        say("first", static_cast<int>(raced.index()));
        co_return *raced.get<1>();
      },
      tell_int("value"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~2 ~1 first1 value=2");
  EXPECT_EQ(rt.now() - Instant{}, 1s);
}

TEST_F(RaceTest, AVectorOfTasks) {
  spawn(
      rt,
      []() -> Task<int> {
        std::vector<Task<int>> tasks;
        for (int n = 5; n > 0; --n) tasks.push_back(after_seconds(n, n));
        auto raced = co_await race(std::move(tasks));
        EXPECT_EQ(raced.index(), 4u);
        EXPECT_EQ(raced.values().size(), 5u);
        EXPECT_FALSE(raced.values()[0]);
        co_return raced.value();
      },
      tell_int("value"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~1 ~5 ~4 ~3 ~2 value=1");
}

struct Fixed {  // can be moved, not assigned
  explicit Fixed(int n) : number(n) {}
  Fixed(Fixed&&) noexcept = default;
  const int number;
};
Task<Fixed> fixed_after(int seconds) {
  co_await sleep(std::chrono::seconds(seconds));
  co_return Fixed(seconds);
}
TEST_F(RaceTest, AVectorOfValuesThatCannotBeAssigned) {
  spawn(
      rt,
      []() -> Task<int> {
        std::vector<Task<Fixed>> tasks, others;
        for (int n = 3; n > 0; --n) tasks.push_back(fixed_after(n));
        for (int n = 6; n > 3; --n) others.push_back(fixed_after(n));
        auto raced = co_await race(std::move(tasks));
        auto first = co_await any(std::move(others));
        EXPECT_EQ(raced.values().size(), 3u);
        co_return 10 * raced.value().number + first.value().number;
      },
      tell_int("value"));
  run_virtual(rt);
  EXPECT_EQ(told(), "value=14");
}

TEST_F(RaceTest, ALoserThatHasReceivedItsValueKeepsIt) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  auto [c, ret_c] = push_pipe<int>(rt);
  auto [d, ret_d] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v, Value<int> w, Value<int> x, Value<int> y) -> Task<int> {
        auto raced = co_await race(gets(std::move(v)), std::move(w), gets_then_sleeps(std::move(x)),
                                   gets(std::move(y)));
        EXPECT_EQ(raced.index(), 1u);
        EXPECT_EQ(raced.get<0>(), 1) << "received before the winner had run";
        EXPECT_FALSE(raced.get<2>()) << "one turn, until it waits again";
        EXPECT_FALSE(raced.get<3>()) << "nothing came";
        co_return *raced.get<1>();
      },
      tell_int("value"), std::move(a), std::move(b), std::move(c), std::move(d));
  rt.run();
  ret_b(2);
  ret_a(1);
  ret_c(3);
  rt.run();
  EXPECT_EQ(told(), "got3 ~slow value=2");
  EXPECT_FALSE(ret_d.is_wanted());
}

TEST_F(RaceTest, AllThatEndInTheSameTurnAreKept) {
  spawn(
      rt,
      []() -> Task<int> {
        auto raced = co_await race(after_seconds(1, 1), after_seconds(1, 2));
        EXPECT_EQ(raced.index(), 0u);
        co_return *raced.get<0>() * 10 + raced.get<1>().value_or(0);
      },
      tell_int("value"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~1 ~2 value=12");
}

TEST_F(RaceTest, OneThatHasNotBegunIsNotBegun) {
  spawn(
      rt,
      []() -> Task<int> {
        auto raced = co_await race([]() -> Task<int> { co_return 1; }(),
                                   []() -> Task<int> {
                                     say("begun");
                                     co_return 2;
                                   }());
        EXPECT_FALSE(raced.get<1>());
        co_return *raced.get<0>();
      },
      tell_int("value"));
  rt.run();
  EXPECT_EQ(told(), "value=1");
}

Task<int> lost_after(Core& core, int seconds) {
  auto [value, ret] = push_pipe<int>(core);
  co_await sleep(std::chrono::seconds(seconds));
  { const Ret<int> dies = std::move(ret); }
  const int v = co_await value;
  co_return v;
}

Generator<int> says_when_it_begins() {
  say("begun");
  co_yield 5;
}
Generator<int> ends_at_once() { co_return; }
TEST_F(RaceTest, AGeneratorThatHasNotBegunIsNotBegun) {
  spawn(
      rt,
      []() -> Task<int> {
        auto first = ends_at_once();
        auto second = says_when_it_begins();
        const auto raced = co_await race(first.next(), second.next());
        EXPECT_EQ(raced.index(), 0u);
        EXPECT_FALSE(raced.get<1>());
        say("decided");
        const auto item = co_await second.next();
        co_return item.value_or(-1);
      },
      tell_int("then"));
  rt.run();
  EXPECT_EQ(told(), "decided begun then=5");
}

TEST_F(RaceTest, AFailureThatComesFirstDecides) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        const auto r = co_await race(lost_after(core, 1), after_seconds(2, 2)).reply();
        say(r ? "value" : to_string(r.error().why()));
        (void)co_await race(lost_after(core, 1), after_seconds(2, 2));
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~2 dropped ~2 end!dropped");
}

#if TROUPE_EXCEPTIONS
Task<int> throws_after(int seconds) {
  co_await sleep(std::chrono::seconds(seconds));
  throw std::runtime_error(std::to_string(seconds));
}

TEST_F(RaceTest, AnExceptionThatComesFirstIsRethrown) {
  spawn(
      rt,
      []() -> Task<int> {
        try {
          (void)co_await race(after_seconds(2, 2), throws_after(1));
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        auto raced = co_await race(throws_after(2), after_seconds(1, 1));
        co_return *raced.get<1>();
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~2 1 ~1 end=1");
}

TEST_F(RaceTest, AnyPassesFailuresOver) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        auto raced = co_await any(throws_after(1), lost_after(core, 2), after_seconds(3, 3),
                                  after_seconds(4, 4));
        EXPECT_EQ(raced.index(), 2u);
        EXPECT_FALSE(raced.get<3>());
        co_return *raced.get<2>();
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "~3 ~4 end=3");
}

TEST_F(RaceTest, AnyFailsWhenAllHaveFailedWithTheFirst) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        try {
          (void)co_await any(throws_after(3), throws_after(1), lost_after(core, 2));
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        std::vector<Task<int>> tasks;
        tasks.push_back(throws_after(2));
        tasks.push_back(lost_after(core, 1));
        const auto r = co_await any(std::move(tasks)).reply();
        say(to_string(r.error().why()));
        (void)co_await any(lost_after(core, 1), throws_after(2));
        co_return 0;
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "1 dropped end!dropped");
}
#endif

TEST_F(RaceTest, DroppingTheAwaiterDropsTheRunners) {
  const TaskRef ref = spawn(
      rt,
      []() -> Task<int> {
        auto raced =
            co_await race(after_seconds(3, 1), race(after_seconds(1, 2), after_seconds(5, 3)));
        co_return static_cast<int>(raced.index());
      },
      tell_int("end"));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "~1 ~2 ~3 end!cancelled");
}

TEST_F(RaceTest, DroppedWhileALoserHasItsLastTurn) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  const TaskRef ref = spawn(
      rt,
      [](Value<int> v, Value<int> w) -> Task<int> {
        (void)co_await race(gets(std::move(v)), gets_then_sleeps(std::move(w)));
        co_return 0;
      },
      tell_int("end"), std::move(a), std::move(b));
  rt.run();
  ret_a(1);
  ret_b(2);
  rt.run_one();  // the winner; the loser's turn is still to come
  ref.cancel();
  EXPECT_EQ(told(), "~slow end!cancelled");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(RaceTest, WaitsAtObjectsOfTheAwaitingTask) {
  spawn(
      rt,
      [](Core& core) -> Task<int> {
        Event event;
        Queue<int> queue(2);
        Scope scope(core);
        scope.spawn(sleep(3s));
        const auto first = co_await race(event.wait(), queue.pop(), sleep(1s));
        say("first", static_cast<int>(first.index()));
        const auto all_of = co_await all(queue.push(7), queue.pop(), scope.join());
        std::vector<decltype(event.wait())> waits;
        waits.push_back(event.wait());
        event.set();
        const auto of_one = co_await race(std::move(waits));
        say("again", static_cast<int>(of_one.index()));
        co_return *std::get<1>(all_of);
      },
      tell_int("end"));
  run_virtual(rt);
  EXPECT_EQ(told(), "first2 again0 end=7");
}

// What a loser received comes to it by way of a child, a generator, or goes on into one: it stops
// where it waits.
using Item = std::unique_ptr<int>;
using Items = PipeStream<Item>;
Task<Item> reads(Items s) {
  auto v = co_await s.next();
  co_return std::move(*v);
}
Task<Item> reads_below(Items s) { co_return co_await reads(std::move(s)); }
Task<Item> reads_mapped(Items s) {
  auto m = map(std::move(s), [](Item p) { return p; });
  auto v = co_await m.next();
  co_return std::move(*v);
}
Generator<Item> passes_on(Items s) {
  for (;;) {
    auto v = co_await s.next();
    if (!v) co_return;
    co_yield std::move(*v);
  }
}
Task<Item> reads_generators(Items s) {
  auto twice = passes_on(std::move(s));
  auto m = take(filter(std::move(twice), [](const Item& p) { return *p > 0; }), 1);
  auto v = co_await m.next();
  auto end = co_await m.next();
  EXPECT_FALSE(end);
  co_return std::move(*v);
}
Task<Item> hands_on(Item p) { co_return std::move(p); }
Step<Item> hands_on_in_step(Item& p) { co_return std::move(p); }
Generator<Item> yields_once(Item p) { co_yield std::move(p); }
Task<Item> reads_then_goes_on(Items s) {
  auto v = co_await s.next();
  auto w = co_await hands_on(std::move(*v));
  auto x = co_await hands_on_in_step(w);
  auto g = yields_once(std::move(x));
  auto y = co_await g.next();
  co_return std::move(*y);
}
Task<Item> reads_then_waits(Items s) {
  auto v = co_await s.next();
  auto g = passes_on(std::move(s));
  auto more = co_await g.next();
  say("not reached");
  co_return std::move(*v);
}

TEST_F(RaceTest, ALoserStopsWhereItWaitsAndNowhereBefore) {
  const auto kept = [&](Task<Item> (*loser)(Items)) {
    auto [s, fwd] = stream_pipe<Item>(rt);
    auto [win, ret] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Value<int> first, Task<Item> second) -> Task<int> {
          auto raced = co_await race(std::move(first), std::move(second));
          EXPECT_EQ(raced.index(), 0u);
          co_return raced.get<1>() ? **raced.get<1>() : -1;
        },
        tell_int("kept"), std::move(win), loser(std::move(s)));
    rt.run();
    ret(1);
    fwd(std::make_unique<int>(42));
    rt.run();
    return told();
  };
  EXPECT_EQ(kept(reads), "kept=42");
  EXPECT_EQ(kept(reads_below), "kept=42");
  EXPECT_EQ(kept(reads_mapped), "kept=42");
  EXPECT_EQ(kept(reads_generators), "kept=42");
  EXPECT_EQ(kept(reads_then_goes_on), "kept=42");
  EXPECT_EQ(kept(reads_then_waits), "kept=-1");
}

TEST_F(RaceTest, ValuesThatWereThereBeforeTheRaceAreKept) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  auto [c, ret_c] = push_pipe<int>(rt);
  ret_a(1);
  ret_b(2);
  spawn(
      rt,
      [](Value<int> v, Value<int> w, Value<int> x) -> Task<int> {
        const auto raced =
            co_await race(std::move(v), std::move(w), timeout(1s, std::move(x)), sleep(0s));
        EXPECT_EQ(raced.index(), 0u);
        EXPECT_FALSE(raced.get<2>());
        EXPECT_FALSE(raced.get<3>());
        co_return *raced.get<0>() * 10 + raced.get<1>().value_or(0);
      },
      tell_int("values"), std::move(a), std::move(b), std::move(c));
  rt.run();
  EXPECT_EQ(told(), "values=12");
  EXPECT_FALSE(ret_c.is_wanted());
}

// A coroutine type of another library: lazy, and resumes who awaits it at its end.
class Theirs {
 public:
  struct promise_type {
    struct End {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().then;
      }
      void await_resume() noexcept {}
    };
    Theirs get_return_object() {
      return Theirs(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    End final_suspend() noexcept { return {}; }
    void return_value(int v) { value = v; }
    void unhandled_exception() { std::terminate(); }
    std::coroutine_handle<> then;
    int value = 0;
  };
  explicit Theirs(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Theirs(Theirs&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Theirs() {
    if (handle_) handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
    handle_.promise().then = h;
    return handle_;
  }
  int await_resume() const noexcept { return handle_.promise().value; }

 private:
  std::coroutine_handle<promise_type> handle_;
};
Theirs gets_in_theirs(Value<int> value) { co_return co_await value; }

// What a loser waits for was answered, and is on its way through other tasks.
using Hop = Task<int> (*)(Value<int>);
Task<int> by_timeout(Value<int> v) { co_return co_await timeout(10s, gets(std::move(v))); }
Task<int> by_reply(Value<int> v) {
  const auto r = co_await reply_of(gets(std::move(v)));
  co_return r ? *r : -2;
}
Task<int> by_value(Value<int> v) { co_return co_await value_of(gets(std::move(v))); }
Task<int> by_shield(Value<int> v) { co_return co_await shield(gets(std::move(v))); }
Task<int> by_all(Value<int> v) {
  const auto one = co_await all(gets(std::move(v)));
  co_return std::get<0>(one);
}
Task<int> by_race(Value<int> v) {
  const auto raced = co_await race(sleep(10s), gets(std::move(v)));
  co_return *raced.get<1>();
}
Task<int> by_any(Value<int> v) {
  const auto raced = co_await any(gets(std::move(v)), sleep(10s));
  co_return *raced.get<0>();
}
Task<> puts(Value<int> value, std::shared_ptr<int> to) {
  *to = co_await timeout(10s, gets(std::move(value)));
}
Task<int> by_scope(Value<int> v) {
  Scope scope(*Core::current());
  auto got = std::make_shared<int>(-1);
  scope.spawn(puts, std::move(v), got);
  co_await scope.join();
  co_return *got;
}
Task<int> by_theirs(Value<int> v) { co_return co_await gets_in_theirs(std::move(v)); }
Task<int> by_theirs_below(Value<int> v) {
  co_return co_await timeout(10s, gets_in_theirs(std::move(v)));
}
Generator<int> yields_below(Value<int> v) { co_yield co_await timeout(10s, gets(std::move(v))); }
Task<int> by_generator(Value<int> v) {
  auto g = yields_below(std::move(v));
  const auto got = co_await timeout(10s, g.next());
  co_return *got;
}
Task<int> by_three(Value<int> v) {
  const auto raced = co_await race(sleep(10s), all(timeout(10s, shield(gets(std::move(v))))));
  co_return std::get<0>(*raced.get<1>());
}
Task<int> by_seven(Value<int> v) {
  co_return co_await timeout(10s, timeout(10s, shield(by_three(std::move(v)))));
}
const std::pair<const char*, Hop> hops[] = {
    {"timeout", by_timeout},
    {"reply", by_reply},
    {"value", by_value},
    {"shield", by_shield},
    {"all", by_all},
    {"race", by_race},
    {"any", by_any},
    {"scope", by_scope},
    {"theirs", by_theirs},
    {"generator", by_generator},
    {"below", by_theirs_below},
    {"seven", by_seven},
};

TEST_F(RaceTest, WhatWasAnsweredBeforeComesThroughAnyNumberOfHops) {
  for (const auto& [name, hop] : hops) {
    auto [a, ret_a] = push_pipe<int>(rt);
    auto [b, ret_b] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Value<int> v, Task<int> loser) -> Task<int> {
          const auto raced = co_await race(std::move(v), std::move(loser));
          EXPECT_EQ(raced.index(), 0u);
          co_return raced.get<1>().value_or(-1);
        },
        tell_int("kept"), std::move(a), hop(std::move(b)));
    rt.run();
    ret_a(1);
    ret_b(42);
    rt.run();
    EXPECT_EQ(told(), "kept=42") << name;
    EXPECT_EQ(rt.live_tasks(), 0u) << name;
  }
}

TEST_F(RaceTest, WhatWasNotAnsweredBeforeIsCancelledThroughAnyHop) {
  for (const auto& [name, hop] : hops) {
    auto [a, ret_a] = push_pipe<int>(rt);
    auto [b, ret_b] = push_pipe<int>(rt);
    spawn(
        rt,
        [](Value<int> v, Task<int> loser) -> Task<int> {
          const auto raced = co_await race(std::move(v), std::move(loser));
          co_return raced.get<1>().value_or(-1);
        },
        tell_int("kept"), std::move(a), hop(std::move(b)));
    rt.run();
    ret_a(1);
    rt.run();
    EXPECT_EQ(told(), "kept=-1") << name;
    ret_b(2);  // shield goes on, and foreign code
    rt.run();
    EXPECT_EQ(told(), "") << name;
  }
}

// What a loser waits for was answered, but the children that find so have not had their first turn.
Task<int> begins_race(Value<int> v) {
  const auto raced = co_await race(sleep(10s), std::move(v));
  co_return *raced.get<1>();
}
Task<int> begins_any(Value<int> v) {
  const auto raced = co_await any(std::move(v), sleep(10s));
  co_return *raced.get<0>();
}
Task<int> begins_all(Value<int> v) {
  const auto one = co_await all(std::move(v));
  co_return std::get<0>(one);
}
Task<int> begins_many(Value<int> v) {
  std::vector<Value<int>> many;
  many.push_back(std::move(v));
  auto raced = co_await race(std::move(many));
  co_return raced.value();
}
Task<int> begins_a_race_in_time(Value<int> v) {
  const auto raced = co_await timeout(10s, race(sleep(10s), std::move(v))).reply();
  co_return *raced->get<1>();
}
Task<int> begins_in_a_scope(Value<int> v) {
  Scope scope(*Core::current());
  scope.spawn(std::move(v));
  co_await scope.join();
  co_return 42;
}
Task<int> begins_a_limit_raced(Value<int> v) {
  const auto raced = co_await race(timeout(10s, std::move(v)), sleep(10s));
  co_return *raced.get<0>();
}
Generator<int> awaits_a_race(Value<int> v) {
  const int got = co_await begins_race(std::move(v));
  co_yield got;
}
Task<int> begins_in_a_generator(Value<int> v) {
  auto values = awaits_a_race(std::move(v));
  const auto first = co_await values.next();
  co_return *first;
}
const std::pair<const char*, Hop> beginnings[] = {
    {"race", begins_race},
    {"any", begins_any},
    {"all", begins_all},
    {"many", begins_many},
    {"limit", begins_a_race_in_time},
    {"limit, raced", begins_a_limit_raced},
    {"scope", begins_in_a_scope},
    {"generator", begins_in_a_generator},
};
Task<int> races_a_value(Task<int> loser, Value<int> v) {
  const auto raced = co_await race(std::move(loser), std::move(v));
  EXPECT_EQ(raced.index(), 1u);
  co_return raced.get<0>().value_or(-1);
}

TEST_F(RaceTest, WhatWasAnsweredBeforeComesThroughChildrenThatHaveNotBegun) {
  for (const auto& [name, begins] : beginnings) {
    auto [a, ret_a] = push_pipe<int>(rt);
    auto [b, ret_b] = push_pipe<int>(rt);
    ret_a(1);
    ret_b(42);
    spawn(rt, races_a_value, tell_int("kept"), begins(std::move(b)), std::move(a));
    rt.run();
    EXPECT_EQ(told(), "kept=42") << name;
    EXPECT_EQ(rt.live_tasks(), 0u) << name;
  }
}

TEST_F(RaceTest, WhatWasNotAnsweredBeforeIsCancelledThroughChildrenThatHaveNotBegun) {
  for (const auto& [name, begins] : beginnings) {
    auto [a, ret_a] = push_pipe<int>(rt);
    auto [b, ret_b] = push_pipe<int>(rt);
    ret_a(1);
    spawn(rt, races_a_value, tell_int("kept"), begins(std::move(b)), std::move(a));
    rt.run();
    EXPECT_EQ(told(), "kept=-1") << name;
    EXPECT_FALSE(ret_b.is_wanted()) << name;
    EXPECT_EQ(rt.live_tasks(), 0u) << name;
    EXPECT_EQ(rt.live_timers(), 0u) << name;
  }
}

// Between the decision and the last turn of a loser that has not begun, too.
TEST_F(RaceTest, WhatIsWantedIsDelivered) {
  for (const auto& [name, begins] : beginnings)
    for (int behind = 0; behind < 12; ++behind) {
      auto [a, ret_a] = push_pipe<int>(rt);
      auto [b, ret_b] = push_pipe<int>(rt);
      ret_a(1);
      spawn(rt, races_a_value, tell_int("kept"), begins(std::move(b)), std::move(a));
      for (int i = 0; i < behind; ++i) rt.run_one();
      const bool wanted = ret_b.is_wanted();
      ret_b(42);
      rt.run();
      EXPECT_EQ(told(), wanted ? "kept=42" : "kept=-1") << name << ", behind " << behind;
      EXPECT_EQ(rt.live_tasks(), 0u) << name;
    }
}

// The loser's own race is decided by what came before, and waits for the last turn of its loser.
TEST_F(RaceTest, ALoserThatRacesIsWaitedForThoughItsOwnLoserHasALastTurn) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  auto [c, ret_c] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v, Value<int> x, Value<int> y) -> Task<int> {
        const auto raced =
            co_await race(std::move(v), timeout(10s, race(std::move(x), std::move(y))));
        EXPECT_EQ(raced.index(), 0u);
        EXPECT_TRUE(raced.get<1>());
        co_return raced.get<1>()
            ? *raced.get<1>()->get<0>() * 10 + raced.get<1>()->get<1>().value_or(0)
            : -1;
      },
      tell_int("kept"), std::move(a), std::move(b), std::move(c));
  rt.run();
  ret_a(1);
  defer(
      rt, [](Core&, Ret<int> r) { r(3); },
      std::move(ret_c));  // behind the decision of the outer race
  ret_b(2);
  rt.run();
  EXPECT_EQ(told(), "kept=23");
}

Task<int> not_resumed(Value<int> v) {
  const SaysBye local("~loser");
  const auto r = co_await timeout(10s, gets_then_sleeps(std::move(v))).reply();
  say("not reached");
  co_return *r;
}
TEST_F(RaceTest, AHopThatWaitsAgainEndsThereAndItsLoserUnseen) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> v, Value<int> w) -> Task<int> {
        const auto raced = co_await race(std::move(v), not_resumed(std::move(w)));
        co_return raced.get<1>().value_or(-1);
      },
      tell_int("kept"), std::move(a), std::move(b));
  rt.run();
  ret_a(1);
  ret_b(2);
  rt.run();
  EXPECT_EQ(told(), "got2 ~slow ~loser kept=-1");
  EXPECT_EQ(rt.live_timers(), 0u) << "it did not begin to sleep";
}

TEST_F(RaceTest, DroppedAtEachItemWhileAValueIsOnItsWay) {
  for (const auto& [name, hop] : hops)
    for (int items = 0; items < 12; ++items) {
      auto [a, ret_a] = push_pipe<int>(rt);
      auto [b, ret_b] = push_pipe<int>(rt);
      const TaskRef ref = spawn(
          rt,
          [](Value<int> v, Task<int> loser) -> Task<int> {
            (void)co_await race(std::move(v), std::move(loser));
            co_return 0;
          },
          tell_int("end"), std::move(a), hop(std::move(b)));
      rt.run();
      ret_a(1);
      ret_b(42);
      for (int i = 0; i < items; ++i) rt.run_one();
      const bool over = ref.done();
      ref.cancel();
      rt.run();
      EXPECT_EQ(told(), over ? "end=0" : "end!cancelled") << name << items;
      EXPECT_EQ(rt.live_tasks(), 0u) << name << items;
      EXPECT_EQ(rt.live_timers(), 0u) << name << items;
    }
}

// ---- Steps that are made in the expression
Step<int> adds(const std::vector<int>& numbers, Value<int>& more) {
  const SaysBye local("~step");
  const int last = co_await more;
  int sum = last;
  for (const int n : numbers) sum += n;
  co_return sum;
}
Step<> waits_for(Event& event) { co_await event.wait(); }

TEST_F(RaceTest, AStepIsAwaitedWhereItIsMade) {
  auto [a, ret_a] = push_pipe<int>(rt);
  auto [b, ret_b] = push_pipe<int>(rt);
  spawn(
      rt,
      [](Value<int> x, Value<int> y) -> Task<int> {
        Event event;
        const std::vector<int> numbers{1, 2}, four{4};
        const auto first = co_await race(adds(numbers, x), sleep(1s), waits_for(event));
        say("first", static_cast<int>(*first.get<0>()));
        const auto late = co_await timeout(1s, adds(numbers, y)).reply();
        say(late ? "came" : to_string(late.error().why()));
        const auto both = co_await all(timeout(1s, adds(four, y)), sleep(1ms));
        const auto slept = co_await any(waits_for(event), sleep(5s)).reply();
        EXPECT_EQ(slept->index(), 1u);
        event.set();
        co_await deadline(Core::current()->now() + 1s, waits_for(event));
        co_return std::get<0>(both);
      },
      tell_int("all"), std::move(a), std::move(b));
  rt.run();
  ret_a(3);
  rt.run();
  EXPECT_EQ(told(), "~step first6");
  rt.run(rt.now() + 1s);
  EXPECT_EQ(told(), "~step timed out");
  ret_b(5);
  run_virtual(rt);
  EXPECT_EQ(told(), "~step all=9");
}

TEST_F(RaceTest, AStepGoesWithWhoAwaitsIt) {
  for (int items = 0; items < 6; ++items) {
    auto [a, ret_a] = push_pipe<int>(rt);
    const TaskRef ref = spawn(
        rt,
        [](Value<int> x) -> Task<int> {
          const auto got = co_await timeout(1s, adds(std::vector<int>(3, 1), x)).reply();
          co_return got ? *got : -1;
        },
        tell_int("end"), std::move(a));
    for (int i = 0; i < items; ++i) rt.run_one();
    ref.cancel();
    EXPECT_EQ(told(), items < 3 ? "end!cancelled" : "~step end!cancelled") << items;
    EXPECT_EQ(rt.live_tasks(), 0u);
    EXPECT_FALSE(ret_a.is_wanted());
  }
}

// Children begin by the queue: what they are to wait at may go before that.
template <class Object, class Wait> void object_goes_first(Runtime& rt, Wait wait) {
  const auto goes = [&](auto fn) {
    std::optional<Object> object;
    if constexpr (std::is_constructible_v<Object, std::size_t>)
      object.emplace(1u);
    else
      object.emplace();
    spawn(rt, fn, tell_int("end"), unsafe_borrow(object), wait);
    rt.run_one();
    object.reset();
    run_virtual(rt);
  };
  using Place = Borrowed<std::optional<Object>>;
  goes([](Place o, Wait w) -> Task<int> {
    (void)co_await race(w(**o), sleep(1s));
    co_return 1;
  });
  EXPECT_EQ(told(), "end!dropped");
  goes([](Place o, Wait w) -> Task<int> {
    (void)co_await all(w(**o), sleep(1s));
    co_return 1;
  });
  EXPECT_EQ(told(), "end!dropped");
  goes([](Place o, Wait w) -> Task<int> {
    const auto raced = co_await any(w(**o), sleep(1s));
    co_return static_cast<int>(raced.index());
  });
  EXPECT_EQ(told(), "end=1");
  goes([](Place o, Wait w) -> Task<int> {
    (void)co_await race(timeout(1s, w(**o)), sleep(2s));
    co_return 1;
  });
  EXPECT_EQ(told(), "end!dropped");
  goes([](Place o, Wait w) -> Task<int> {
    (void)co_await all(race(w(**o), sleep(1s)), sleep(1s));
    co_return 1;
  });
  EXPECT_EQ(told(), "end!dropped");
  goes([](Place o, Wait w) -> Task<int> {
    std::vector<decltype(w(**o))> waits;
    for (int n = 0; n < 5; ++n) waits.push_back(w(**o));
    (void)co_await all(std::move(waits));
    co_return 1;
  });
  EXPECT_EQ(told(), "end!dropped");
}

TEST_F(RaceTest, AnObjectThatGoesBeforeItsWaiterHasBegun) {
  object_goes_first<Event>(rt, [](Event& e) { return e.wait(); });
  object_goes_first<Queue<int>>(rt, [](Queue<int>& q) { return q.pop(); });
  object_goes_first<Queue<int>>(rt, [](Queue<int>& q) { return q.next(); });
  object_goes_first<Queue<int>>(rt, [](Queue<int>& q) { return q.push(1); });
  object_goes_first<Mutex>(rt, [](Mutex& m) { return m.lock(); });
  object_goes_first<Semaphore>(rt, [](Semaphore& s) { return s.acquire(); });
}

TEST_F(RaceTest, AScopeThatGoesBeforeItsJoinHasBegun) {
  for (const bool has_child : {false, true}) {
    std::optional<Scope> scope(std::in_place, rt);
    if (has_child) scope->spawn(sleep(1s));
    spawn(
        rt,
        [](Borrowed<std::optional<Scope>> s) -> Task<int> {
          (void)co_await race(s.get()->join(), sleep(1s));
          co_return 1;
        },
        tell_int("end"), unsafe_borrow(scope));
    rt.run_one();
    if (has_child) rt.run_one();
    scope.reset();
    run_virtual(rt);
    EXPECT_EQ(told(), "end!dropped");
  }
}

TEST_F(RaceTest, AnObjectThatStaysIsWaitedAtHoweverOftenItsWaitWasMoved) {
  Event event;
  spawn(
      rt,
      [](Borrowed<Event> e) -> Task<int> {
        auto first = e->wait();
        auto second = std::move(first);
        auto third = std::move(second);
        const auto raced = co_await race(std::move(third), sleep(1s));
        co_return static_cast<int>(raced.index());
      },
      tell_int("end"), unsafe_borrow(event));
  rt.run();
  event.set();
  rt.run();
  EXPECT_EQ(told(), "end=0");
}

}  // namespace race_test
}  // namespace troupe
