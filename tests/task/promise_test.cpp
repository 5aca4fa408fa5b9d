// task/promise_test.cpp: the ends of a task: values, exceptions, nobody who listens, and what its
// frame costs.
#include <troupe/task/promise.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"
#include "support/throwing.hpp"

namespace troupe {
namespace promise_test {

using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;
using troupe_test::Touchy;

struct PromiseTest : troupe_test::RecordedTest {};

Task<int> ends(SaysBye bye) {
  const SaysBye moved = std::move(bye);
  co_return 1;
}
Task<std::unique_ptr<int>> moves() { co_return std::make_unique<int>(5); }

TEST_F(PromiseTest, TheFrameDiesBeforeTheRetHears) {
  Runtime rt;
  spawn(rt, ends(SaysBye("~frame")), tell_int("end"));
  rt.run();
  EXPECT_EQ(told(), "~frame end=1");
}

TEST_F(PromiseTest, ParametersDieBeforeTheRetHearsToo) {
  Runtime rt;
  spawn(rt, [](SaysBye) -> Task<int> { co_return 2; }, tell_int("end"), SaysBye("~parameter"));
  rt.run();
  EXPECT_EQ(told(), "~parameter end=2");
}

TEST_F(PromiseTest, AValueThatOnlyMoves) {
  Runtime rt;
  spawn(rt, moves(), ret_some_do([](std::unique_ptr<int> p) { say("got", *p); }));
  rt.run();
  EXPECT_EQ(told(), "got5");
}

TEST_F(PromiseTest, NobodyListens) {
  Runtime rt;
  spawn(rt, ends(SaysBye("~frame")));
  rt.run();
  EXPECT_EQ(told(), "~frame");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

#if TROUPE_EXCEPTIONS
TEST_F(PromiseTest, AnExceptionReachesTheRet) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        throw std::runtime_error("no");
        co_return 0;
      },
      ret_do([](const Reply<int>& r) {
        say(to_string(r.error().why()));
        say(r.error().error().text());
      }));
  rt.run();
  EXPECT_EQ(told(), "failed no");
}
#endif

// A std::deque of libstdc++ may allocate, and so throw, where it is moved.
using Items = std::deque<int>;
struct Source {
  Items items() { return Items{1, 2}; }
  Task<Items> later(Cx<Source>&) {
    co_await sleep(std::chrono::seconds(1));
    co_return Items{1, 2, 3};
  }
  void answered(Ret<Items> ret) { ret(Items{1, 2, 3, 4}); }
};
TEST_F(PromiseTest, ResultsAndAnswersMayHaveMovesThatAreNotNoexcept) {
  Runtime rt;
  const auto own = make_actor<Source>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Source> a) -> Task<Items> {
        const Items two = co_await ask<&Source::items>(a);
        const Items three = co_await ask<&Source::later>(a);
        const Items four = co_await ask<&Source::answered>(a);
        co_return Items(two.size() + three.size() + four.size());
      },
      ret_do([](const Reply<Items>& r) { say("items", r ? static_cast<int>(r->size()) : -1); }),
      own.actor());
  run_virtual(rt);
  EXPECT_EQ(told(), "items9");
}

#if TROUPE_EXCEPTIONS
// ---- results whose moves throw: whoever waits hears once, a value or a failure
using namespace std::chrono_literals;

Task<Touchy> gives() {
  Touchy result(7);
  co_await sleep(0s);
  co_return std::move(result);
}
Task<Touchy> gives_at_once() { co_return Touchy(7); }
Task<Touchy> gives_later() {
  co_await sleep(1s);
  co_return Touchy(7);
}
Generator<Touchy> yields() {
  co_await sleep(0s);
  co_yield Touchy(7);
}
struct Gives {
  Touchy plain() { return Touchy(7); }
  void answered(Ret<Touchy> ret) { ret(Touchy(7)); }
  void in_time(Cx<Gives>& cx, Ret<Touchy> ret) { std::move(ret).with_timeout(cx, 1s)(Touchy(7)); }
  Task<Touchy> slowly(Cx<Gives>&) {
    Touchy result(7);
    co_await sleep(0s);
    co_return std::move(result);
  }
  void lives() { say("lives"); }
};
int number(const Touchy& t) { return t.number(); }
int number(const std::tuple<Touchy, Touchy>& t) { return std::get<1>(t).number(); }
int number(const Raced<Touchy, Touchy>& t) { return t.get<0>()->number(); }
template <class R> void tell(R reply) {  // by value: made where it lies
  if (reply)
    say("=", number(*reply));
  else
    say(reply.error().text());
}
template <class T, auto Make> Task<> takes(Actor<Gives> a) {
  const T got = co_await Make(a);
  say("=", number(got));
}
template <auto Make> Task<> takes_reply(Actor<Gives> a) {
  const auto got = co_await reply_of(Make(a));
  tell<const decltype(got)&>(got);
}

struct ThrowingMoveTest : troupe_test::BalancedTest {
  // Begins it once for each of its moves, which throws, until the value comes. Returns how many
  // did.
  static int sweep(void (*begin)(Runtime& rt, Actor<Gives> a),
                   std::string_view failed = "failed: move") {
    for (int at = 1; at < 30; ++at) {
      Runtime rt;
      rt.set_logger(LogFilter(), nullptr);
      const auto own = make_actor<Gives>(rt, ret_nop);
      begin(rt, own.actor());
      Touchy::throws_at = at;
      EXPECT_NO_THROW(run_virtual(rt));
      const bool all_went = std::exchange(Touchy::throws_at, 0) != 0;
      EXPECT_EQ(Touchy::live, 0) << at;
      EXPECT_EQ(rt.live_tasks(), 0u);
      EXPECT_EQ(told(), all_went ? "=7" : failed) << at;
      if (all_went) return at - 1;
    }
    ADD_FAILURE() << "it never came";
    return 0;
  }
  template <auto Make> static void sweep_awaits() {
    using T = detail::awaited<decltype(Make(std::declval<Actor<Gives>>()))>;
    const int thrown = sweep([](Runtime& rt, Actor<Gives> a) {
      spawn(rt, takes<T, Make>, ret_do([](const Reply<>& r) {
              if (!r) say(r.error().text());
            }),
            std::move(a));
    });
    const int told = sweep(
        [](Runtime& rt, Actor<Gives> a) { spawn(rt, takes_reply<Make>, ret_nop, std::move(a)); });
    EXPECT_GT(thrown, 0);
    EXPECT_GE(told, thrown);
  }
};

TEST_F(ThrowingMoveTest, OfATaskOfItsOwn) {
  EXPECT_GT(sweep([](Runtime& rt, Actor<Gives>) {
              spawn(rt, gives(), ret_do<Touchy>(&tell<Reply<Touchy>>));
            }),
            1);
  EXPECT_GT(sweep([](Runtime& rt, Actor<Gives>) {
              spawn(rt, gives_at_once(), ret_do<Touchy>(&tell<Reply<Touchy>>));
            }),
            1);
}
TEST_F(ThrowingMoveTest, OfWhatIsAwaited) {
  sweep_awaits<[](const Actor<Gives>&) { return gives(); }>();
  sweep_awaits<[](const Actor<Gives>&) { return all(gives(), gives()); }>();
  sweep_awaits<[](const Actor<Gives>&) { return race(gives(), gives_later()); }>();
  sweep_awaits<[](const Actor<Gives>&) { return timeout(1s, gives()); }>();
  sweep_awaits<[](const Actor<Gives>&) { return shield(gives()); }>();
}
TEST_F(ThrowingMoveTest, OfAnswersOfActors) {
  sweep_awaits<[](const Actor<Gives>& a) { return ask<&Gives::plain>(a); }>();
  sweep_awaits<[](const Actor<Gives>& a) { return ask<&Gives::answered>(a); }>();
  sweep_awaits<[](const Actor<Gives>& a) { return ask<&Gives::in_time>(a); }>();
}
TEST_F(ThrowingMoveTest, OfAHandlerThatIsACoroutineItIsTheActorsFailureToo) {
  Runtime rt;
  const auto own = make_actor<Gives>(rt, troupe_test::tell_end("actor"));
  spawn(
      rt,
      [](Actor<Gives> to) -> Task<> {
        const auto got = co_await ask<&Gives::slowly>(to).reply();
        say(!got && got.error().actor() != 0 ? "failed in Gives" : "no");
      },
      ret_nop, own.actor());
  Touchy::throws_at = 2;  // the first is of its co_return
  run_virtual(rt);
  EXPECT_EQ(std::exchange(Touchy::throws_at, 0), 0);
  EXPECT_EQ(told(), "actor:failed(move) failed in Gives");
}

template <auto Make> troupe_test::Detached foreign_takes(Actor<Gives> a) {
  const auto got = co_await Make(a).reply();
  tell<const decltype(got)&>(got);
}
template <troupe_test::Detached (*Begin)(Actor<Gives>)> int sweep_foreign() {
  static std::optional<troupe_test::Detached> coroutine;
  const int failed = ThrowingMoveTest::sweep([](Runtime& rt, Actor<Gives> a) {
    coroutine.reset();
    defer(rt, [](const Actor<Gives>& to) { coroutine.emplace(Begin(to)); }, std::move(a));
  });
  coroutine.reset();
  return failed;
}
template <auto Make> int sweep_in_foreign() { return sweep_foreign<&foreign_takes<Make>>(); }
troupe_test::Detached foreign_takes_item(Actor<Gives>) {
  auto stream = yields();
  const auto got = co_await stream.next().reply();
  tell<const Reply<Touchy>&>(*got);
}
TEST_F(ThrowingMoveTest, InACoroutineOfAForeignTypeAReplyIsAValue) {
  EXPECT_GT(sweep_in_foreign<[](const Actor<Gives>&) { return gives(); }>(), 0);
  EXPECT_GT(sweep_in_foreign<[](const Actor<Gives>& a) { return ask<&Gives::plain>(a); }>(), 0);
  EXPECT_GT(sweep_in_foreign<[](const Actor<Gives>&) { return all(gives(), gives()); }>(), 0);
  EXPECT_GT(sweep_in_foreign<[](const Actor<Gives>&) { return timeout(1s, gives()); }>(), 0);
  EXPECT_GT(
      sweep_in_foreign<[](const Actor<Gives>& a) { return timeout(1s, ask<&Gives::plain>(a)); }>(),
      0);
  EXPECT_GT(sweep_foreign<&foreign_takes_item>(), 0);
}

// ---- items
template <auto Make> Task<> takes_item(Actor<Gives>) {
  auto stream = Make();
  const auto got = co_await stream.next();
  say("=", number(*got));
}
template <auto Make> Task<> takes_item_reply(Actor<Gives>) {
  auto stream = Make();
  const auto got = co_await stream.next().reply();
  tell<const Reply<Touchy>&>(*got);
}
template <auto Make> Task<> takes_item_in_time(Actor<Gives>) {
  auto stream = Make();
  const auto got = co_await timeout(1s, stream.next()).reply();
  tell<const Reply<Touchy>&>(*got);
}
struct ThrowingItemTest : ThrowingMoveTest {
  template <auto Make> static void sweep_items() {
    EXPECT_GT(sweep([](Runtime& rt, Actor<Gives> a) {
                spawn(rt, takes_item<Make>, ret_do([](const Reply<>& r) {
                        if (!r) say(r.error().text());
                      }),
                      std::move(a));
              }),
              0);
    EXPECT_GT(sweep([](Runtime& rt, Actor<Gives> a) {
                spawn(rt, takes_item_reply<Make>, ret_nop, std::move(a));
              }),
              0);
    EXPECT_GT(sweep([](Runtime& rt, Actor<Gives> a) {
                spawn(rt, takes_item_in_time<Make>, ret_nop, std::move(a));
              }),
              0);
  }
};
TEST_F(ThrowingItemTest, OfGenerators) {
  sweep_items<[] { return yields(); }>();
}
TEST_F(ThrowingItemTest, OfStreamsMadeOfThem) {
  sweep_items<[] { return take(yields(), 2); }>();
  sweep_items<[] { return map(yields(), [](Touchy t) { return t; }); }>();
  sweep_items<[] { return filter(yields(), [](const Touchy&) { return true; }); }>();
}
#endif

#if !TROUPE_CLANG  // which warns of it, and makes code of it that goes anywhere
Task<std::string> forgets_its_result(bool does) {
  co_await sleep(std::chrono::milliseconds(1));
  if (!does) co_return "result";
}
Step<int> step_forgets_its_result(bool does) {
  co_await sleep(std::chrono::milliseconds(1));
  if (!does) co_return 1;
}
Task<> awaits_a_step() { (void)co_await step_forgets_its_result(true); }
Task<> awaits_a_task() { (void)co_await forgets_its_result(true); }
Task<> awaits_a_child() {
  (void)co_await all(forgets_its_result(true), sleep(std::chrono::seconds(1)));
}

TEST(PromiseDeathTest, ACoroutineThatRunsOffItsEndWithoutItsResultEndsTheProcess) {
  const auto ends = [](auto task) {
    Runtime rt;
    spawn(rt, std::move(task), ret_nop);
    run_virtual(rt);
  };
  constexpr auto words =
      "a coroutine ended without co_return of its result; its last await was "
      "here.*forgets_its_result.*promise_test.cpp";
  EXPECT_DEATH(ends(forgets_its_result(true)), words);
  EXPECT_DEATH(ends(awaits_a_step()), words);
  EXPECT_DEATH(ends(awaits_a_task()), words);
  EXPECT_DEATH(ends(awaits_a_child()), words);
  ends(forgets_its_result(false));
}
#endif

}  // namespace promise_test
}  // namespace troupe
