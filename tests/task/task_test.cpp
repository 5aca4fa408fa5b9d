// task/task_test.cpp: tasks and steps within a task: depth, exceptions, borrowing steps, tasks that
// never run.
#include <troupe/task/task.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace task_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

using TaskTest = troupe_test::RecordedTest;

Task<int> child(int v) { co_return v; }
Task<int> deep(int depth) {
  if (depth == 0) co_return 0;
  const int below = co_await deep(depth - 1);
  co_return below + 1;
}

TEST_F(TaskTest, AMillionChildrenInALoopNeedNoStack) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 1'000'000; ++i) sum += co_await child(1);
        co_return sum;
      },
      tell_int("sum"));
  rt.run();
  EXPECT_EQ(told(), "sum=1000000");
}

TEST_F(TaskTest, ChildrenInChildren) {
  Runtime rt;
  spawn(rt, deep(1000), tell_int("depth"));
  rt.run();
  EXPECT_EQ(told(), "depth=1000");
}

Step<int> add(const int& a,
              const std::string& text) {  // a step may borrow from the expression that makes it
  co_await sleep(1ms);
  co_return a + static_cast<int>(text.size());
}

TEST_F(TaskTest, AStepMayBorrow) {
  Runtime rt;
  spawn(
      rt,
      []() -> Task<int> {
        int one = 1;
        const std::string four(4, 'x');
        co_return co_await add(one, four);
      },
      tell_int("sum"));
  run_virtual(rt);
  EXPECT_EQ(told(), "sum=5");
}

TEST_F(TaskTest, ATaskThatNeverRunsDestroysItsArguments) {
  Runtime rt;
  {
    auto never = [](SaysBye) -> Task<> { co_return; }(SaysBye("~argument"));
    EXPECT_EQ(told(), "");
    (void)never;
  }
  EXPECT_EQ(told(), "~argument");
}

#if TROUPE_EXCEPTIONS
Task<int> throws() {
  co_await sleep(1ms);
  throw std::runtime_error("child");
}
Step<int> step_throws() {
  throw std::runtime_error("step");
  co_return 0;
}
TEST_F(TaskTest, AnExceptionReachesWhoAwaits) {
  Runtime rt;
  spawn(rt, []() -> Task<> {
    try {
      const int v = co_await throws();
      say("no", v);
    } catch (const std::runtime_error& e) {
      say(e.what());
    }
    try {
      const int v = co_await step_throws();
      say("no", v);
    } catch (const std::runtime_error& e) {
      say(e.what());
    }
  });
  run_virtual(rt);
  EXPECT_EQ(told(), "child step");
}

struct ThrowsAsItGoes {
  ~ThrowsAsItGoes() noexcept(false) { throw std::runtime_error("gone"); }
};
// What a coroutine threw replaces what it had returned, and neither is leaked.
Task<std::string> throws_behind_its_result() {
  const ThrowsAsItGoes local;
  co_return std::string(100, 'x');
}
TEST_F(TaskTest, AResultIsNoneWhereALocalThrowsBehindIt) {
  Runtime rt;
  spawn(rt, throws_behind_its_result,
        ret_do<std::string>([](Reply<std::string> r) { say(r.error().text()); }));
  spawn(rt, []() -> Task<> {
    try {
      say(co_await throws_behind_its_result());
    } catch (const std::runtime_error& e) {
      say(e.what());
    }
  });
  rt.run();
  EXPECT_EQ(told(), "failed: gone gone");
}

struct Fragile {
  explicit Fragile(int n) : text(std::make_unique<std::string>(100, 'x')), number(n) {
    if (n < 0) throw n;
  }
  std::unique_ptr<std::string> text;
  int number;
};
// A co_return may fail, or be undone by a local, and be caught; what is returned then counts.
Task<Fragile> returns_again(int first, int second, bool waits) {
  try {
    if (first < 0) co_return first;
    const ThrowsAsItGoes local;
    co_return first;
  } catch (...) {
    say("caught");
  }
  if (waits) co_await sleep(1h);
  co_return second;
}
TEST_F(TaskTest, AResultMayBeReturnedAgainWhereTheFirstIsCaught) {
  for (const int first : {1, -1}) {
    for (const int second : {2, -2}) {
      Runtime rt;
      spawn(rt, returns_again,
            ret_do<Fragile>([](Reply<Fragile> r) { say(r ? "value" : "lost", r ? r->number : 0); }),
            first, second, false);
      const TaskRef dropped = spawn(rt, returns_again, ret_nop, first, second, true);
      rt.run();
      dropped.cancel();
      EXPECT_EQ(told(), second > 0 ? "caught value2 caught" : "caught lost0 caught")
          << first << " " << second;
    }
  }
}
#endif

struct Worker {
  Task<> nap(Cx<Worker>& cx, int seconds, int then) {
    const SaysBye local("~nap" + std::to_string(seconds));
    co_await sleep(std::chrono::seconds(seconds));
    say("awake", seconds);
    if (then == 1) cx.stop();
    if (then == 2) cx.fail("tired");
    if (then == 3) TROUPE_THROW(std::runtime_error("thrown"));
    say("end", seconds);
  }
  void poke() { say("poked"); }
  Task<int> at_once(Cx<Worker>& cx) {
    say("first");
    cx.stop();
    co_await sleep(1s);
    say("never");
    co_return 0;
  }
  ~Worker() { say("~worker"); }
};

TEST_F(TaskTest, ACoroutineHandlerDoesNotBlockItsActor) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::nap>(w, 1, 0);
  call<&Worker::nap>(w, 2, 0);
  call<&Worker::poke>(w);
  run_virtual(rt);
  EXPECT_EQ(told(), "poked awake1 end1 ~nap1 awake2 end2 ~nap2");
}

TEST_F(TaskTest, ItsActorsEndDestroysItBeforeTheState) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::nap>(w, 1, 1);
  call<&Worker::nap>(w, 5, 0);
  run_virtual(rt);
  EXPECT_EQ(told(), "awake1 end1 ~nap1 ~nap5 ~worker w:stopped");
}

TEST_F(TaskTest, FailInsideACoroutineHandlerFailsTheActor) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::nap>(w, 1, 2);
  run_virtual(rt);
  EXPECT_EQ(told(), "awake1 end1 ~nap1 ~worker w:failed(tired)");
}

#if TROUPE_EXCEPTIONS
TEST_F(TaskTest, AnExceptionOutOfACoroutineHandlerFailsTheActor) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::nap>(w, 1, 3);
  call<&Worker::nap>(w, 9, 0);
  run_virtual(rt);
  EXPECT_EQ(told(), "awake1 ~nap1 ~nap9 ~worker w:failed(thrown)");
}
#endif

TEST_F(TaskTest, StopInTheFirstStepTakesEffectAfterTheTurn) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::at_once>(w);
  call<&Worker::poke>(w);
  run_virtual(rt);
  EXPECT_EQ(told(), "first ~worker w:stopped");
}

TEST_F(TaskTest, DroppingTheOwnerDropsTheHandlersThatWait) {
  Runtime rt;
  auto w = make_actor<Worker>(rt, tell_end("w"));
  call<&Worker::nap>(w, 9, 0);
  rt.run();
  w = {};
  rt.run();
  EXPECT_EQ(told(), "~nap9 ~worker w:dropped");
  EXPECT_EQ(rt.live_tasks(), 0u);
  EXPECT_EQ(rt.live_timers(), 0u) << "a dropped sleep takes its timer along";
}

// ---- used twice
// Clang's -Wconsumed sees a second use in one function body; it does not see into these.
struct Holds {
  Task<int> task = child(1);
};
using TaskDeathTest = TaskTest;
const std::string awaited_words =
    "a Task was awaited that had been awaited, spawned or moved before .*Task<int>";
const std::string spawned_words =
    "a Task was spawned that had been awaited, spawned or moved before .*Task<int>";

TEST_F(TaskDeathTest, AwaitedTwice) {
  Runtime rt;
  spawn(rt, []() -> Task<int> {
    Holds holds;
    const int once = co_await std::move(holds.task);
    say("once", once);
    co_return co_await std::move(holds.task);
  });
  EXPECT_DEATH(rt.run(), awaited_words);
}

TEST_F(TaskDeathTest, SpawnedTwice) {
  Runtime rt;
  Holds holds;
  spawn(rt, std::move(holds.task), tell_int("once"));
  EXPECT_DEATH(spawn(rt, std::move(holds.task), ret_nop), spawned_words);
  rt.run();
  EXPECT_EQ(told(), "once=1") << "the first is none the worse for it";
}

TEST_F(TaskDeathTest, AwaitedOnceAndSpawned) {
  Runtime rt;
  spawn(rt, [](Core& core) -> Task<int> {
    Holds holds;
    const int once = co_await std::move(holds.task);
    spawn(core, std::move(holds.task));
    co_return once;
  });
  EXPECT_DEATH(rt.run(), spawned_words);
}

TEST_F(TaskDeathTest, SpawnedOnceAndAwaited) {
  Runtime rt;
  spawn(rt, [](Core& core) -> Task<int> {
    Holds holds;
    spawn(core, std::move(holds.task));
    co_return co_await std::move(holds.task);
  });
  EXPECT_DEATH(rt.run(), awaited_words);
}

TEST_F(TaskDeathTest, UsedAfterItWasMoved) {
  Runtime rt;
  Holds holds;
  const Task<int> moved = std::move(holds.task);
  EXPECT_DEATH(spawn(rt, std::move(holds.task), ret_nop), spawned_words);
  spawn(
      rt, [](Task<int> empty) -> Task<int> { co_return co_await std::move(empty); }, ret_nop,
      std::move(holds.task));
  EXPECT_DEATH(rt.run(), awaited_words);
}

TEST_F(TaskDeathTest, UsedTwiceInTheOtherModesAndInGroups) {
  // Each of these makes it a task of its own, or the child of one.
  const auto in_a_task = [](auto twice) {
    Runtime rt;
    spawn(rt, twice());
    rt.run();
  };
  EXPECT_DEATH(in_a_task([]() -> Task<int> {
                 Holds holds;
                 const auto once = co_await std::move(holds.task).reply();
                 const auto twice = co_await std::move(holds.task).reply();
                 co_return *once + *twice;
               }),
               spawned_words);
  EXPECT_DEATH(in_a_task([]() -> Task<int> {
                 Holds holds;
                 const int once = co_await std::move(holds.task).value();
                 co_return once + co_await std::move(holds.task).value();
               }),
               spawned_words);
  EXPECT_DEATH(in_a_task([]() -> Task<int> {
                 Holds holds;
                 const int once = co_await std::move(holds.task);
                 const auto twice = co_await all(std::move(holds.task), child(2));
                 co_return once + std::get<0>(twice);
               }),
               awaited_words);
}

#if TROUPE_DEBUG
// ---- a borrow that Clang does not see, at each kind of wait
struct Keeps {
  Keeps(Core& core, const Share<int>& share) TROUPE_TSA(no_thread_safety_analysis)
      : guard(share.rw(core)) {}
  ~Keeps() TROUPE_TSA(no_thread_safety_analysis) {}
  Borrow<int> guard;
};
enum class At { sleep, child, step, group, steps, limit, reply, token, ready, foreign, nothing };
Task<> waits_under_a_borrow(Core& core, Share<int> share, At at) {
  const auto keeps = std::make_unique<Keeps>(core, share);
  if (at == At::sleep) co_await sleep(1s);
  if (at == At::child) co_await []() -> Task<> { co_return; }();
  if (at == At::step) co_await []() -> Step<> { co_return; }();
  if (at == At::group) co_await all(sleep(1s));
  if (at == At::steps) co_await all([]() -> Step<> { co_return; }());
  if (at == At::limit) co_await timeout(1s, []() -> Step<> { co_return; }());
  if (at == At::reply) (void)co_await timeout(1s, []() -> Step<> { co_return; }()).reply();
  if (at == At::token) (void)co_await stop_token();
  if (at == At::ready) co_await std::suspend_never();
  if (at == At::foreign) co_await std::suspend_always();
}

TEST(BorrowDeathTest, AWaitUnderABorrow) {
  for (const At at : {At::sleep, At::child, At::step, At::group, At::steps, At::limit, At::reply,
                      At::token, At::ready, At::foreign, At::nothing}) {
    Runtime rt;
    const auto run = [&] {
      auto share = make_share<int>(rt, 1);
      spawn(rt, waits_under_a_borrow, ret_nop, share, at);
      rt.run();
    };
    if (at == At::nothing)
      run();
    else
      EXPECT_DEATH(
          run(),
          "a borrow of .*task_test.cpp:[0-9]+ lives .*waits_under_a_borrow.*task_test.cpp:[0-9]+")
          << static_cast<int>(at);
  }
}

TEST(BorrowDeathTest, AYieldUnderABorrow) {
  Runtime rt;
  const auto reads = [](Core& core, Share<int> share) -> Task<> {
    auto yields = [](Core& c, Share<int> s) -> Generator<int> {
      const auto inside = std::make_unique<Keeps>(c, s);
      co_yield 1;
    };
    auto numbers = yields(core, share);
    co_await numbers.next();
  };
  spawn(rt, reads, ret_nop, make_share<int>(rt, 1));
  EXPECT_DEATH(rt.run(), "a borrow of .*task_test.cpp:[0-9]+ lives");
}

TEST(BorrowDeathTest, AForeignCoroutineThatWaitsUnderABorrow) {
  Runtime rt;
  defer(rt, [](Core& core) {
    EXPECT_DEATH(
        {
          auto waits = [](Core& c, Share<int> share) -> troupe_test::Detached {
            const auto keeps = std::make_unique<Keeps>(c, share);
            co_await sleep(1s);
          };
          auto waiting = waits(core, make_share<int>(core, 1));
        },
        "a borrow of .*task_test.cpp:[0-9]+ lives .co_await in a coroutine of a foreign type");
  });
  rt.run();
}
#endif

// ---- what a Step borrows
Step<std::size_t> measure(const std::string& text) {
  co_await sleep(1s);
  co_return text.size();
}
Step<std::size_t> measure_view(std::string_view text) {
  co_await sleep(1s);
  co_return text.size();
}
Step<std::size_t> measure_value(std::string text) {
  co_await sleep(1s);
  co_return text.size();
}
Step<std::size_t> forward_it(const std::string& text) { return measure(text); }
Step<std::size_t> forward_view(const std::string& text) { return measure_view(text); }
Step<std::size_t> forward_value(std::string text) { return measure_value(std::move(text)); }
struct Ruler {
  std::size_t scale;
  Step<std::size_t> measure(const std::string& text) {
    co_await sleep(1s);
    co_return scale* text.size();
  }
};

TEST_F(TaskTest, StepsBorrowWhatLives) {
  Runtime rt;
  std::size_t sum = 0;
  spawn(
      rt,
      [](Core& core) -> Task<std::size_t> {
        const std::string own(10, 'x');
        std::size_t all = co_await measure(own) + co_await measure(std::string(10, 'y'));
        all += co_await measure_view(own) + co_await measure_view("0123456789");
        all += co_await measure_value(own) + co_await measure_value("0123456789");
        all += co_await forward_it(own) + co_await forward_it("0123456789");
        all += co_await forward_view(own) + co_await forward_value(own);
        Ruler ruler{2};
        all += co_await ruler.measure(own);
        all += co_await
            [](Core&, const std::string& s) -> Step<std::size_t> { co_return s.size(); }(core, own);
        co_return all;
      },
      ret_some_do<std::size_t>([](std::size_t* to, std::size_t n) { *to = n; },
                               unsafe_borrow(&sum)));
  run_virtual(rt);
  EXPECT_EQ(sum, 130U);
}

#if TROUPE_DEBUG && !TROUPE_ASAN  // which keeps locals elsewhere, and reports these itself
Step<std::size_t> measure_a_local() {
  const std::string text(100, 'x');
  return measure(text);
}
Step<std::size_t> measure_a_small_view() {
  const std::string small = "small";
  return measure_view(small);
}

TEST_F(TaskDeathTest, AStepThatBorrowsALocalOfAFunctionThatHasReturned) {
  const char* words = "a Step borrows what has gone";
  for (Task<> (*use)() : {+[]() -> Task<> { (void)co_await measure_a_local(); },
                          +[]() -> Task<> { (void)co_await measure_a_small_view(); }}) {
    Runtime rt;
    spawn(rt, use);
    EXPECT_DEATH(rt.run(), words);
  }
}
#endif

}  // namespace task_test
}  // namespace troupe
