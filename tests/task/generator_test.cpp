// task/generator_test.cpp: coroutines that yield: order, failures, being moved, dropped and cut off
// at each point.
#include <troupe/task/generator.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/stream.hpp>
#include <utility>

#include "support/recorder.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace generator_test {

using namespace std::chrono_literals;
using troupe_test::count_to;
using troupe_test::read_all;
using troupe_test::read_replies;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

static_assert(Stream<Generator<int>, int> && !Stream<Generator<int>, long>);
static_assert(!std::is_copy_constructible_v<Generator<int>> && Storable<Generator<int>>);

using GeneratorTest = troupe_test::BalancedTest;

Task<int> read_one(Borrowed<Generator<int>> items) {
  const SaysBye local("~reader");
  const auto item = co_await items.get().next();
  co_return item ? *item : -1;
}

std::coroutine_handle<> held;  // by foreign code
struct Holds {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { held = h; }
  void await_resume() const {}
};
Generator<int> waits_in_foreign_code() {
  const SaysBye local("~items");
  co_await Holds();
  co_yield 1;
}

// ---- order
TEST_F(GeneratorTest, ItRunsInsideTheTurnOfItsReader) {
  Runtime rt;
  spawn(rt, read_all(count_to(3)), tell_int("ret"));
  defer(rt, [] { say("call"); });
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "0 1 2 ~gen end ~local ret=3 call");
}

TEST_F(GeneratorTest, ItDoesNothingUntilItIsRead) {
  Runtime rt;
  {
    const auto gen = [](SaysBye) -> Generator<int> {
      say("began");
      co_yield 1;
    }(SaysBye("~argument"));
    EXPECT_EQ(told(), "");
  }
  EXPECT_EQ(told(), "~argument");
}

TEST_F(GeneratorTest, ItAwaitsAnything) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  struct Asked {
    int answer() { return 3; }
  };
  const auto actor = make_actor<Asked>(rt, ret_nop);
  spawn(rt, read_all([](Core&, Value<int> v, Actor<Asked> a) -> Generator<int> {
          co_yield co_await [](int n) -> Task<int> { co_return n; }(1);
          const int pushed = co_await v;
          co_yield pushed;
          co_await sleep(1s);
          const int answer = co_await ask<&Asked::answer>(a);
          co_yield answer;
        }(rt, std::move(value), actor.actor())),
        tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "1");
  ret(2);
  run_virtual(rt);
  EXPECT_EQ(told(), "2 3 end ~local ret=3");
}

TEST_F(GeneratorTest, GeneratorsReadGenerators) {
  Runtime rt;
  spawn(rt, read_all([](Generator<int> from) -> Generator<int> {
          for (;;) {
            const auto item = co_await from.next();
            if (!item) co_return;
            co_yield *item * 10;
            co_yield *item * 10 + 1;
          }
        }(count_to(2))),
        tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "0 1 10 11 ~gen end ~local ret=4");
}

TEST_F(GeneratorTest, ValuesOfAllKinds) {
  Runtime rt;
  spawn(rt, [](Core&) -> Task<> {
    auto strings = []() -> Generator<std::string> {
      const std::string kept("a text that does not fit into the string itself");
      co_yield kept;  // copied
      co_yield "literal";
      std::string gone("moved");
      co_yield std::move(gone);
      say(gone.empty() && kept.size() > 30 ? "ok" : "bad");
    }();
    for (;;) {
      const auto text = co_await strings.next();
      if (!text) break;
      say(*text);
    }
    auto pointers = []() -> Generator<std::unique_ptr<int>> {
      co_yield std::make_unique<int>(4);
    }();
    const auto p = co_await pointers.next();
    say("", **p);
  });
  rt.run();
  EXPECT_EQ(told(), "a text that does not fit into the string itself literal moved ok 4");
}

TEST_F(GeneratorTest, AMillionItemsDoNotGrowTheStack) {
  Runtime rt;
  spawn(
      rt,
      [](int n) -> Task<int> {
        auto gen = [](int end) -> Generator<int> {
          for (int i = 0; i < end; ++i) co_yield 1;
        }(n);
        int sum = 0;
        for (;;) {
          const auto item = co_await gen.next();
          if (!item) co_return sum;
          sum += *item;
        }
      },
      tell_int("sum"), 1'000'000);
  rt.run();
  EXPECT_EQ(told(), "sum=1000000");
}

TEST_F(GeneratorTest, AnActorsTaskReads) {
  Runtime rt;
  struct Reader {
    int sum = 0;
    Task<int> add_up(Cx<Reader>&, Generator<int> items) {
      for (;;) {
        const auto item = co_await items.next();
        if (!item) co_return sum;
        sum += *item;
      }
    }
  };
  const auto reader = make_actor<Reader>(rt, ret_nop);
  spawn(
      rt,
      [](Actor<Reader> a, Generator<int> g) -> Task<int> {
        co_return co_await ask<&Reader::add_up>(a, std::move(g));
      },
      tell_int("sum"), reader.actor(), count_to(5));
  rt.run();
  EXPECT_EQ(told(), "~gen sum=10");
}

TEST_F(GeneratorTest, TwoReadsInOneExpression) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> g) -> Task<int> {
        const auto sum = [](const std::optional<int>& a, const std::optional<int>& b) {
          return 10 + *a + *b;
        };
        co_return sum(co_await g.next(), co_await g.next());
      },
      tell_int("sum"), count_to(2));
  rt.run();
  EXPECT_EQ(told(), "~gen sum=11");
}

// ---- moved
TEST_F(GeneratorTest, ItMovesFromTaskToTask) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> g) -> Task<int> {
        const auto first = co_await g.next();
        Generator<int> moved = std::move(g);
        auto rest = [](Generator<int> r) -> Task<int> {
          co_await sleep(1s);
          const auto item = co_await r.next();
          co_return *item;
        };
        const auto second = co_await rest(std::move(moved)).reply();
        const auto none = co_await g.next();
        co_return *first * 100 + *second * 10 + (none ? 1 : 0);
      },
      tell_int("ret"), count_to(5));
  run_virtual(rt);
  EXPECT_EQ(told(), "~gen ret=10");
}

TEST_F(GeneratorTest, OneInATaskAndOneOutside) {
  Runtime rt;
  Generator<int> gen = count_to(3);
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("a"));
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("b"));
  rt.run();
  EXPECT_EQ(told(), "~reader a=0 ~reader b=1");
  Generator<int> other = std::move(gen);
  gen = count_to(1);
  spawn(rt, read_one(unsafe_borrow(other)), tell_int("c"));
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("d"));
  rt.run();
  EXPECT_EQ(told(), "~reader c=2 ~reader d=0");
  other = std::move(gen);
  EXPECT_EQ(told(), "~gen");
}

// ---- failures
#if TROUPE_EXCEPTIONS
Generator<int> throws_second() {
  co_yield 1;
  throw std::runtime_error("oops");
}

TEST_F(GeneratorTest, AnExceptionReachesTheReaderAndEndsTheStream) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> g) -> Task<int> {
        const auto first = co_await g.next();
        try {
          (void)co_await g.next();
        } catch (const std::runtime_error& e) {
          say(e.what());
        }
        const auto end = co_await g.next();
        co_return end ? -1 : *first;
      },
      tell_int("ret"), throws_second());
  spawn(rt, read_replies(throws_second()), tell_int("replies"));
  rt.run();
  EXPECT_EQ(told(), "oops ret=1 1 failed end replies=2");
}

TEST_F(GeneratorTest, AFailureThatIsThrownKeepsItsReason) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  { const auto dies = std::move(ret); }
  spawn(rt, read_replies([](Value<int> v) -> Generator<int> {
          co_yield co_await v.value();
        }(std::move(value))),
        tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "dropped end ret=1");
}

TEST_F(GeneratorTest, ALossIsThrownInModeValue) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> g) -> Task<int> {
        try {
          (void)co_await value_of(g.next());
        } catch (const ActorFailed& failed) {
          say(to_string(failed.fail().why()));
        }
        const auto end = co_await g.next().value();
        co_return end ? 1 : 0;
      },
      tell_int("ret"),
      []() -> Generator<int> { co_yield std::unexpected(ActorFail(Why::overloaded)); }());
  rt.run();
  EXPECT_EQ(told(), "overloaded ret=0");
}
#endif

Generator<int> is_lost() {
  const SaysBye local("~gen");
  co_yield 1;
  co_yield std::unexpected(ActorFail(Why::overloaded));
  say("never");
}

TEST_F(GeneratorTest, ALossEndsATaskInModeDrop) {
  Runtime rt;
  spawn(rt, read_all(is_lost()), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "1 ~local ~gen ret!overloaded");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(GeneratorTest, ALossIsAnItemInModeReply) {
  Runtime rt;
  spawn(rt, read_replies(is_lost()), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "1 overloaded end ~gen ret=2");
}

TEST_F(GeneratorTest, ALossThatDroppedOneReaderIsStillThereForTheNext) {
  Runtime rt;
  Generator<int> gen = []() -> Generator<int> {
    co_yield std::unexpected(ActorFail(Why::overloaded));
  }();
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("a"));
  rt.run();
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("b"));
  rt.run();
  EXPECT_EQ(told(), "~reader a!overloaded ~reader b!overloaded");
}

TEST_F(GeneratorTest, WhatItLosesInModeDropEndsItsReader) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  spawn(rt, read_all([](Value<int> v) -> Generator<int> {
          const SaysBye local("~gen");
          co_yield co_await v;
        }(std::move(value))),
        tell_int("ret"));
  rt.run();
  { const auto dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "~gen ~local ret!dropped");
}

// ---- dropped and cut off
Generator<int> waits(Value<int> v) {
  const SaysBye local("~gen");
  co_yield 0;
  co_yield co_await v;
  co_yield 2;
}

TEST_F(GeneratorTest, DestroyedAtAYield) {
  Runtime rt;
  {
    Generator<int> gen = count_to(3);
    spawn(rt, read_one(unsafe_borrow(gen)), tell_int("ret"));
    rt.run();
    EXPECT_EQ(told(), "~reader ret=0");
  }
  EXPECT_EQ(told(), "~gen");
}

TEST_F(GeneratorTest, ItsReaderIsCancelledWhileItWaitsInside) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef task = spawn(rt, read_all(waits(std::move(value))), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "0");
  task.cancel();
  EXPECT_EQ(told(), "~gen ~local ret!cancelled");
  ret(1);
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(GeneratorTest, AWaitThatDiesWithItsReaderTakesTheGeneratorAlong) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  Generator<int> gen = waits(std::move(value));
  const TaskRef first = spawn(rt, read_one(unsafe_borrow(gen)), tell_int("first"));
  rt.run();
  const TaskRef second = spawn(rt, read_one(unsafe_borrow(gen)), tell_int("second"));
  rt.run();
  EXPECT_EQ(told(), "~reader first=0");
  second.cancel();
  EXPECT_EQ(told(), "~gen ~reader second!cancelled");
  ret(1);
  spawn(
      rt,
      [](Borrowed<Generator<int>> g) -> Task<int> {
        const auto item = co_await g.get().next().reply();
        say(to_string(item->error().why()));
        const auto end = co_await g.get().next().reply();
        co_return end ? 1 : 0;
      },
      tell_int("third"), unsafe_borrow(gen));
  rt.run();
  EXPECT_EQ(told(), "cancelled third=0");
}

TEST_F(GeneratorTest, CutOffItEndsTheNextReaderInModeDrop) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  Generator<int> gen = [](Value<int> v) -> Generator<int> {
    co_yield co_await v;
  }(std::move(value));
  const TaskRef first = spawn(rt, read_one(unsafe_borrow(gen)), ret_nop);
  rt.run();
  first.cancel();
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("second"));
  rt.run();
  EXPECT_EQ(told(), "~reader ~reader second!cancelled");
}

TEST_F(GeneratorTest, AGeneratorThatGoesWhileItIsReadLivesUntilTheReadIsOver) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  std::optional<Generator<int>> gen([](Value<int> v) -> Generator<int> {
    const SaysBye local("~gen");
    co_yield co_await v;
  }(std::move(value)));
  spawn(rt, read_one(unsafe_borrow(*gen)), tell_int("ret"));
  rt.run();
  gen.reset();
  EXPECT_EQ(told(), "");
  ret(5);
  rt.run();
  EXPECT_EQ(told(), "~gen ~reader ret=5");
}

TEST_F(GeneratorTest, AGeneratorThatGoesWhileItIsReadByATaskThatGoes) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  std::optional<Generator<int>> gen([](Value<int> v) -> Generator<int> {
    const SaysBye local("~gen");
    co_yield co_await v;
  }(std::move(value)));
  const TaskRef task = spawn(rt, read_one(unsafe_borrow(*gen)), tell_int("ret"));
  rt.run();
  gen.reset();
  task.cancel();
  EXPECT_EQ(told(), "~gen ~reader ret!cancelled");
  (void)ret;
}

TEST_F(GeneratorTest, AReaderThatDropsItselfInsideLosesNoItem) {
  Runtime rt;
  auto self = std::make_shared<TaskRef>();
  Generator<int> gen = [](std::shared_ptr<TaskRef> reader) -> Generator<int> {
    reader->cancel();
    co_yield 6;
  }(self);
  *self = spawn(rt, read_one(unsafe_borrow(gen)), tell_int("first"));
  rt.run();
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("second"));
  rt.run();
  EXPECT_EQ(told(), "~reader first!cancelled ~reader second=6");
}

TEST_F(GeneratorTest, ItDestroysItselfWhileItRuns) {
  Runtime rt;
  auto home = std::make_shared<std::optional<Generator<int>>>();
  home->emplace([](std::shared_ptr<std::optional<Generator<int>>> at) -> Generator<int> {
    const SaysBye local("~gen");
    at->reset();
    co_yield 8;
  }(home));
  spawn(
      rt,
      [](std::shared_ptr<std::optional<Generator<int>>> at) -> Task<int> {
        const auto item = co_await (*at)->next();
        co_return *item;
      },
      tell_int("ret"), home);
  rt.run();
  EXPECT_EQ(told(), "~gen ret=8");
}

struct Parks {  // of another library: cannot be destroyed while it is waited for
  static inline std::coroutine_handle<> waiter;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const { waiter = h; }
  void await_resume() const { say("resumed"); }
};

TEST_F(GeneratorTest, AForeignWaitInsideParksTheReadersTask) {
  Runtime rt;
  const TaskRef task = spawn(rt, read_all([]() -> Generator<int> {
                               const SaysBye local("~gen");
                               co_await Parks();
                               co_yield 1;
                             }()),
                             tell_int("ret"));
  rt.run();
  task.cancel();
  EXPECT_EQ(told(), "ret!cancelled") << "told at once";
  std::exchange(Parks::waiter, nullptr).resume();
  rt.run();
  EXPECT_EQ(told(), "resumed ~gen ~local");
}

TEST_F(GeneratorTest, TheRuntimesEndDropsBoth) {
  {
    Runtime rt;
    spawn(rt, read_all([]() -> Generator<int> {
            const SaysBye local("~gen");
            co_await sleep(1s);
            co_yield 1;
          }()),
          tell_int("ret"));
    rt.run();
  }
  EXPECT_EQ(told(), "~gen ~local ret!runtime ended");
}

TEST_F(GeneratorTest, ItOutlivesTheRuntime) {
  std::optional<Generator<int>> gen;
  {
    Runtime rt;
    defer(
        rt, [](Borrowed<std::optional<Generator<int>>> to) { to.get().emplace(count_to(2)); },
        unsafe_borrow(gen));
    rt.run();
    spawn(rt, read_one(unsafe_borrow(*gen)), tell_int("ret"));
    rt.run();
  }
  EXPECT_EQ(told(), "~reader ret=0");
  gen.reset();
  EXPECT_EQ(told(), "~gen");
}

TEST_F(GeneratorTest, TwoReadersAtOnceAreAMistake) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  Generator<int> gen = [](Value<int> v) -> Generator<int> {
    co_yield co_await v;
  }(std::move(value));
  spawn(rt, read_one(unsafe_borrow(gen)), ret_nop);
  spawn(rt, read_one(unsafe_borrow(gen)), ret_nop);
  EXPECT_DEATH(rt.run(), "a Generator is read by two coroutines at once");
  (void)ret;
}

// ---- read by others than a task
template <class A> class Wrapped {  // an awaiter of ours around another, as timeout() is
 public:
  static constexpr Mode mode = Mode::drop;
  explicit Wrapped(A&& a) : inner_(std::move(a)) {}
  bool await_ready() const noexcept { return inner_.await_ready(); }
  void wait(Wake w) { inner_.wait(w); }
  auto await_resume() { return inner_.await_resume(); }

 private:
  A inner_;
};
Task<int> read_wrapped(Generator<int> items) {
  const SaysBye local("~local");
  int n = 0;
  for (;;) {
    const auto item = co_await Wrapped(items.next());
    if (!item) break;
    say("", *item);
    ++n;
  }
  co_return n;
}

TEST_F(GeneratorTest, InsideAnotherAwaiter) {
  Runtime rt;
  spawn(rt, read_wrapped(count_to(3)), tell_int("ret"));
  spawn(rt, read_wrapped(is_lost()), tell_int("lost"));
  rt.run();
  EXPECT_EQ(told(), "0 1 1 ~local ~gen lost!overloaded 2 ~gen ~local ret=3");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(GeneratorTest, CancelledInsideAnotherAwaiter) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  const TaskRef task = spawn(rt, read_wrapped(waits(std::move(value))), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "0");
  task.cancel();
  EXPECT_EQ(told(), "~local ~gen ret!cancelled");
  EXPECT_EQ(rt.live_tasks(), 0u);
  (void)ret;
}

TEST_F(GeneratorTest, ItsNextCanBeSpawned) {
  Runtime rt;
  Generator<int> gen = count_to(2);
  spawn(rt, gen.next(), ret_do([](const Reply<std::optional<int>>& r) { say("got", **r); }));
  rt.run();
  spawn(rt, read_one(unsafe_borrow(gen)), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "got0 ~reader ret=1");
}

struct Foreign {
  struct promise_type {
    Foreign get_return_object() {
      return Foreign(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { say("thrown"); }
  };
  explicit Foreign(std::coroutine_handle<promise_type> h) : handle(h) {}
  Foreign(const Foreign&) = delete;
  ~Foreign() { handle.destroy(); }
  std::coroutine_handle<promise_type> handle;
};
Foreign read_foreign(Generator<int> items) {
  for (;;) {
    const auto item = co_await items.next();
    if (!item) break;
    say("", *item);
  }
  say("end");
}

TEST_F(GeneratorTest, AForeignCoroutineReads) {
  Runtime rt;
  std::unique_ptr<Foreign> reader;
  const auto begin = [](Borrowed<std::unique_ptr<Foreign>> to, Generator<int> items) {
    to.get().reset(new Foreign(read_foreign(std::move(items))));
  };
  defer(rt, begin, unsafe_borrow(reader), count_to(2));
  rt.run();
  EXPECT_EQ(told(), "0 1 ~gen end");
#if TROUPE_EXCEPTIONS
  defer(rt, begin, unsafe_borrow(reader), is_lost());
  rt.run();
  EXPECT_EQ(told(), "1 thrown");
#endif
  auto [value, ret] = push_pipe<int>(rt);
  defer(rt, begin, unsafe_borrow(reader), waits(std::move(value)));
  rt.run();
  told();
  reader.reset();
  EXPECT_EQ(told(), "~gen");
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 0u);
  (void)ret;
}

TEST_F(GeneratorTest, AReaderThatIsParkedInsideLosesIt) {
  Runtime rt;
  Generator<int> items = waits_in_foreign_code();
  const TaskRef ref = spawn(rt, read_one, tell_int("dropped"), unsafe_borrow(items));
  rt.run();
  ref.cancel();
  EXPECT_EQ(told(), "dropped!cancelled");
  spawn(rt, read_one, tell_int("next"), unsafe_borrow(items));
  rt.run();
  EXPECT_EQ(told(), "~reader next!cancelled");
  items = count_to(3);
  held.resume();
  rt.run();
  EXPECT_EQ(told(), "~items ~reader");
  spawn(rt, read_one, tell_int("of another"), unsafe_borrow(items));
  rt.run();
  EXPECT_EQ(told(), "~reader of another=0") << "the end of the old one leaves it alone";
}

}  // namespace generator_test
}  // namespace troupe
