// task/frame_test.cpp: where frames live: the pool of their runtime, and refs that keep the memory
// alone.
#include <troupe/task/frame.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <memory>
#include <stdexcept>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace frame_test {

TEST(FrameTest, AFrameIsOneCellOfThePool) {
  Runtime rt;
  spawn(rt, []() -> Task<> { co_return; });
  rt.run();
  const std::size_t bytes = rt.pool_bytes();
  for (int i = 0; i < 1000; ++i) {
    spawn(rt, []() -> Task<> { co_return; });
    rt.run();
  }
  EXPECT_EQ(rt.pool_bytes(), bytes) << "frames are reused";
}

TEST(FrameTest, ARefKeepsTheMemoryAndNotTheFrame) {
  Runtime rt;
  std::vector<TaskRef> refs;
  for (int i = 0; i < 100; ++i) refs.push_back(spawn(rt, []() -> Task<> { co_return; }));
  rt.run();
  for (const TaskRef& ref : refs) EXPECT_TRUE(ref.done());
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST(FrameTest, OutsideOfAnyRuntimeAFrameIsOfTheHeap) {
  auto task = []() -> Task<int> { co_return 1; }();
  Runtime rt;
  int got = 0;
  spawn(rt, std::move(task), ret_some_do([](int* to, int v) { *to = v; }, unsafe_borrow(&got)));
  rt.run();
  EXPECT_EQ(got, 1);
}

#if TROUPE_EXCEPTIONS
// ---- locals whose destructors throw while their coroutine is dropped
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;
using namespace std::chrono_literals;

struct Bomb {
  Bomb() = default;
  Bomb(const Bomb&) = delete;
  ~Bomb() noexcept(false) {
    say("bang");
    if (std::uncaught_exceptions() == 0) throw std::runtime_error("bomb");
  }
};
struct BombAwaiter : std::suspend_always {
  ~BombAwaiter() noexcept(false) {
    say("bang");
    if (std::uncaught_exceptions() == 0) throw std::runtime_error("bomb");
  }
};
}  // namespace frame_test
template <> inline constexpr bool enable_destroy_while_suspended<frame_test::BombAwaiter> = true;
namespace frame_test {

struct FrameBombTest : troupe_test::BalancedTest {
  Runtime rt;
  void SetUp() override {
    BalancedTest::SetUp();
    rt.set_logger(LogLevel::error, [](Core&, const LogRecord& r) {
      say(r.text == "a destructor threw while its task was dropped" ? "logged"
                                                                    : std::string(r.text));
    });
  }
  void TearDown() override {
    EXPECT_EQ(rt.live_tasks(), 0u);
    BalancedTest::TearDown();
  }
  // Each ends where it waits, and all else in it goes as it does without a bomb.
  void expect(std::string_view words, const TaskRef& ref) {
    rt.run();
    EXPECT_EQ(told(), "");
    ref.cancel();
    std::string heard = told();
    for (const std::string parameter :
         {"~parameter", "~child"}) {  // Clang destroys the last of them first
      const std::string other_way = parameter + " owed!cancelled";
      if (const auto at = heard.find(other_way); at != heard.npos)
        heard.replace(at, other_way.size(), "owed!cancelled " + parameter);
    }
    EXPECT_EQ(heard, words);
    EXPECT_TRUE(ref.done());
    const std::size_t bytes = rt.pool_bytes();
    rt.trim();
    EXPECT_LE(rt.pool_bytes(), bytes);
  }
};
Ret<> tell_end_of_task() {
  return ret_do([](const Reply<>& end) {
    say("end", end ? "" : std::string("!") + std::string(to_string(end.error().why())));
  });
}
Ret<int> owed() { return tell_int("owed"); }

Task<int> simple(Ret<int> owes, SaysBye) {
  const SaysBye first("~first");
  const Bomb bomb;
  const SaysBye last("~last");
  co_await sleep(1h);
  owes(1);
  co_return 1;
}
Task<std::string> with_a_parent(Ret<int> owes, SaysBye p) {
  const SaysBye first("~parent");
  const Bomb bomb;
  co_await simple(std::move(owes), std::move(p));
  co_return "never";
}
TEST_F(FrameBombTest, TheRestOfTheFrameGoes) {
  expect("~last bang ~first owed!cancelled ~parameter logged end!cancelled",
         spawn(rt, simple, tell_int("end"), owed(), SaysBye("~parameter")));
}
TEST_F(FrameBombTest, AndThoseOfAllItsParents) {
  expect("~last bang ~first owed!cancelled ~parameter logged bang ~parent logged",
         spawn(rt, with_a_parent, ret_nop, owed(), SaysBye("~parameter")));
}

TEST_F(FrameBombTest, OneThatCatchesItAndGoesOnWaitsForNothing) {
  const auto catches = [](Ret<int> owes, int kind) -> Task<int> {
    const SaysBye first("~first");
    try {
      const Bomb bomb;
      co_await sleep(1h);
    } catch (const std::runtime_error&) {
      say("caught");
    }
    const SaysBye second("~second");
    try {
      const Bomb bomb;
      if (kind == 0) co_await sleep(0s);
      if (kind == 1) co_await all(sleep(0s));
      if (kind == 2) co_await std::suspend_always();
      if (kind == 3) co_await with_a_parent(std::move(owes), SaysBye("~child"));
      if (kind == 4) co_await []() -> Step<> { co_await sleep(0s); }();
      if (kind == 5) {
        auto g = []() -> Generator<int> { co_yield 1; }();
        co_await g.next();
      }
    } catch (const std::runtime_error&) {
      say("again");
    }
    co_return kind;
  };
  for (int kind = 0; kind <= 6; ++kind)
    expect(kind == 3 ? "bang caught owed!cancelled ~child bang again ~second ~first end!cancelled"
                     : "bang caught bang again ~second ~first owed!cancelled end!cancelled",
           spawn(rt, catches, tell_int("end"), owed(), kind));
}

TEST_F(FrameBombTest, OneThatNeverStopsCatchingEndsTheProcess) {
  const auto catches = []() -> Task<int> {
    for (;;) {
      try {
        const Bomb bomb;
        co_await sleep(1h);
      } catch (const std::runtime_error&) {}
    }
  };
  EXPECT_DEATH(
      {
        const TaskRef ref = spawn(rt, catches);
        rt.run();
        ref.cancel();
      },
      "a coroutine that is dropped catches what its locals throw, again and again");
}

Generator<int> explosive(Ret<int> owes) {
  const SaysBye first("~first");
  const Bomb bomb;
  co_yield 1;
  co_await sleep(1h);
  owes(1);
}
TEST_F(FrameBombTest, AGeneratorAtRest) {
  const auto reads = [](Ret<int> owes, int times) -> Task<> {
    auto g = explosive(std::move(owes));
    for (int i = 0; i < times; ++i) co_await g.next();
    co_await sleep(1h);
  };
  expect("owed!cancelled end!cancelled", spawn(rt, reads, tell_end_of_task(), owed(), 0));
  expect("bang ~first owed!cancelled logged end!cancelled",
         spawn(rt, reads, tell_end_of_task(), owed(), 1));
  expect("bang ~first owed!cancelled logged end!cancelled",
         spawn(rt, reads, tell_end_of_task(), owed(), 2));
  // Outside of any run, and of the runtime.
  auto g = std::make_unique<Generator<int>>(explosive(ret_nop));
  const auto once = [](Borrowed<Generator<int>*> from) -> Task<> { co_await from.get()->next(); };
  spawn(rt, once, ret_nop, unsafe_borrow(g.get()));
  rt.run();
  testing::internal::CaptureStderr();
  g.reset();
  EXPECT_EQ(told(), "bang ~first");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("was dropped: bomb"), std::string::npos);
}

TEST_F(FrameBombTest, AGeneratorAtRestThatCatchesItAndYields) {
  auto caught = []() -> Generator<int> {
    const SaysBye first("~first");
    for (int i = 0; i < 3; ++i) {
      try {
        const Bomb bomb;
        co_yield int(i);
      } catch (const std::runtime_error&) {}
      co_yield int(i);
      co_await sleep(0s);
      co_await std::suspend_always();
      const StopToken token = co_await stop_token();
    }
  };
  const auto reads = [](Generator<int> g) -> Task<> {
    co_await g.next();
    co_await sleep(1h);
  };
  expect("bang ~first end!cancelled", spawn(rt, reads, tell_end_of_task(), caught()));
}

TEST_F(FrameBombTest, ChildrenAndForeignWaits) {
  expect("~last bang ~first owed!cancelled ~parameter logged end!cancelled",
         spawn(
             rt,
             [](Ret<int> owes) -> Task<int> {
               const auto [n] = co_await all(simple(std::move(owes), SaysBye("~parameter")));
               co_return n;
             },
             tell_int("end"), owed()));
  expect("bang ~first logged end!cancelled", spawn(
                                                 rt,
                                                 []() -> Task<int> {
                                                   const SaysBye first("~first");
                                                   co_await BombAwaiter();
                                                   co_return 1;
                                                 },
                                                 tell_int("end")));
}

struct Bombed {
  Task<int> work(Cx<Bombed>&, Ret<int> owes) {
    const Bomb bomb;
    const SaysBye first("~first");
    co_await sleep(1h);
    owes(1);
    co_return 1;
  }
  ~Bombed() { say("~state"); }
};
TEST_F(FrameBombTest, AHandlerWhoseActorEnds) {
  auto actor = make_actor<Bombed>(rt, tell_end("actor"));
  call<&Bombed::work>(actor, owed());
  rt.run();
  actor.kill("enough");
  rt.run();
  EXPECT_EQ(told(), "~first bang owed!failed logged ~state actor:killed(enough)");
}
#endif

}  // namespace frame_test
}  // namespace troupe
