// task/on_drop_test.cpp: what a coroutine leaves behind that is dropped.
#include <troupe/task/on_drop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/hears_stderr.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace on_drop_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

struct OnDropTest : troupe_test::RecordedTest {};

struct Log {
  void undo(Cx<Log>&, int n) { say("undo", n); }
};

Task<int> undoes(Actor<Log> log, bool dismiss) {
  auto undo = co_await on_drop([](Actor<Log> to, int n) { call<&Log::undo>(to, n); }, log, 7);
  if (dismiss) undo.dismiss();
  co_await sleep(1s);
  co_return 0;
}

TEST_F(OnDropTest, WhatIsLeftForADropIsSentThen) {
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
TEST_F(OnDropTest, AnExceptionIsNoDrop) {
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

TEST_F(OnDropTest, AGeneratorAtRestIsDroppedByWhoeverLetsItGo) {
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
    EXPECT_EQ(told(), std::string(words[n]) + (*words[n].data() ? " next" : "next"))
        << "assigned over";
    spawn(
        rt,
        [](int times) -> Task<> {
          (void)co_await collect(take(with_words(), static_cast<std::size_t>(times)));
        },
        ret_nop, n);
    rt.run();
    dropped("by a stream that ends before it");
  }
}

TEST_F(OnDropTest, AGeneratorThatOutlivesTheRuntimeIsDroppedToo) {
  auto numbers = with_words();
  {
    Runtime rt;
    spawn(
        rt, [](Borrowed<Generator<int>*> g) -> Task<> { co_await g.get()->next(); }, ret_nop,
        unsafe_borrow(&numbers));
    rt.run();
  }
  EXPECT_EQ(told(), "");
  { const auto dies_here = std::move(numbers); }
  EXPECT_EQ(told(), "outer");
}

TEST_F(OnDropTest, EveryCoroutineOfADroppedTaskLeavesItsWord) {
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

TEST_F(OnDropTest, AWordFollowsTheCoroutineThatHoldsIt) {
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

TEST_F(OnDropTest, AlsoIntoATaskThatDoesNotBeginAndToTheHeap) {
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
TEST_F(OnDropTest, AWordThatThrowsIsLogged) {
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

using ThrowingWord = OnDrop<void (*)()>;
void throws_b() { throw std::runtime_error("b"); }
Task<> keeps_throwing(ThrowingWord) { co_return; }

TEST_F(OnDropTest, AWordThatThrowsInATaskThatDoesNotBeginIsLogged) {
  static std::optional<ThrowingWord> left;
  {
    Runtime rt;
    rt.set_logger(LogLevel::error, [](Core&, const LogRecord& r) { say(std::string(r.text)); });
    spawn(
        rt, [](int) -> Task<> { co_return; }, ret_nop, 1);  // whose frame leaves traces in the pool
    rt.run();
    spawn(rt, []() -> Task<> {
      auto undo = co_await on_drop(&throws_b);
      const Task<> never = keeps_throwing(std::move(undo));
      auto other = co_await on_drop(&throws_b);
      left.emplace(std::move(other));
    });
    rt.run();
    EXPECT_EQ(told(), "a destructor threw while its task was dropped");
  }
  const troupe_test::HearsStderr hears("keeps_throwing");
  { const Task<> of_the_heap = keeps_throwing(std::move(*left)); }
  left.reset();
  EXPECT_EQ(hears.count(), 1u) << "no runtime runs here";
  EXPECT_EQ(told(), "");
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
TEST_F(OnDropTest, WhatRunsInsideADropIsNoDrop) {
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

}  // namespace on_drop_test
}  // namespace troupe
