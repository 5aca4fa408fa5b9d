// task/semaphore_test.cpp: semaphores: order without barging, permits, and drops that let others
// pass.
#include <troupe/task/semaphore.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/detached.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace semaphore_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using SemaphoreTest = troupe_test::OneRuntimeTest;

Step<> works(Semaphore& semaphore, int n, std::size_t permits) {
  const Permit permit = co_await semaphore.acquire(permits);
  say("in", n);
  co_await sleep(1s);
  say("out", n);
}
Task<int> works_alone(Borrowed<Semaphore*> semaphore, int n, std::size_t permits) {
  co_await works(*semaphore.get(), n, permits);
  co_return n;
}

TEST_F(SemaphoreTest, AsManyAsThereArePermits) {
  Semaphore semaphore(2);
  Scope scope(rt);
  for (int n = 1; n <= 4; ++n) scope.spawn(works, scoped(semaphore), n, 1u);
  rt.run();
  EXPECT_EQ(told(), "in1 in2");
  EXPECT_EQ(semaphore.available(), 0u);
  run_virtual(rt);
  EXPECT_EQ(told(), "out1 out2 in3 in4 out3 out4");
  EXPECT_EQ(semaphore.available(), 2u);
}

TEST_F(SemaphoreTest, ALateOneThatWantsLittleDoesNotPass) {
  Semaphore semaphore(3);
  Scope scope(rt);
  Permit two = semaphore.try_acquire(2);
  scope.spawn(works, scoped(semaphore), 1, 3u);
  scope.spawn(works, scoped(semaphore), 2, 1u);
  rt.run();
  EXPECT_FALSE(bool(semaphore.try_acquire(1)));
  EXPECT_EQ(told(), "");
  two.release();
  run_virtual(rt);
  EXPECT_EQ(told(), "in1 out1 in2 out2");
}

TEST_F(SemaphoreTest, WhoLeavesTheHeadOfTheLineLetsOthersPass) {
  Semaphore semaphore(1);
  const TaskRef big = spawn(rt, works_alone, ret_nop, unsafe_borrow(&semaphore), 1, 5u);
  spawn(rt, works_alone, ret_nop, unsafe_borrow(&semaphore), 2, 1u);
  rt.run();
  EXPECT_EQ(told(), "");
  big.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "in2 out2");
}

TEST_F(SemaphoreTest, DroppedBetweenWakeAndTurnItPassesItsPermitsOn) {
  Semaphore semaphore(0);
  const TaskRef first = spawn(rt, works_alone, ret_nop, unsafe_borrow(&semaphore), 1, 2u);
  spawn(rt, works_alone, ret_nop, unsafe_borrow(&semaphore), 2, 2u);
  rt.run();
  semaphore.release(2);
  first.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "in2 out2");
  EXPECT_EQ(semaphore.available(), 2u);
}

TEST_F(SemaphoreTest, PermitsMoveDetachAndOutlive) {
  auto semaphore = std::make_unique<Semaphore>(4);
  Permit a = semaphore->try_acquire(3);
  EXPECT_EQ(a.count(), 3u);
  Permit b = std::move(a);
  EXPECT_EQ(a.count(), 0u);
  EXPECT_EQ(b.count(), 3u);
  EXPECT_EQ(b.detach(), 3u);
  EXPECT_FALSE(bool(b));
  b.release();
  EXPECT_EQ(semaphore->available(), 1u);
  semaphore->release(3);
  a = semaphore->try_acquire(1);
  a = semaphore->try_acquire(3);
  EXPECT_EQ(semaphore->available(), 1u) << "what it held before was given back";
  b = std::move(a);
  semaphore.reset();
  EXPECT_FALSE(bool(b));
  b.release();
}

TEST_F(SemaphoreTest, ADestroyedSemaphoreLosesItsWaiters) {
  auto semaphore = std::make_unique<Semaphore>(1);
  spawn(rt, works_alone, tell_int("big"), unsafe_borrow(semaphore.get()), 1, 2u);
  spawn(
      rt,
      [](Borrowed<Semaphore*> s) -> Task<int> {
        const auto r = co_await s.get()->acquire().reply();
        co_return r ? 1 : -1;
      },
      tell_int("reply"), unsafe_borrow(semaphore.get()));
  rt.run();
  semaphore->release(2);
  semaphore.reset();  // both were handed permits
  rt.run();
  EXPECT_EQ(told(), "big!dropped reply=-1");
}

Detached detached(Semaphore& semaphore) {
  const auto permit = co_await semaphore.acquire(2).reply();
  say(permit ? "in" : "lost");
}

TEST_F(SemaphoreTest, ACoroutineOfAForeignTypeMayAcquire) {
  Semaphore semaphore(1);
  std::optional<Detached> a;
  defer(
      rt, [](std::optional<Detached>* x, Semaphore* s) { x->emplace(detached(*s)); },
      unsafe_borrow(&a), unsafe_borrow(&semaphore));
  rt.run();
  semaphore.release();
  rt.run();
  EXPECT_EQ(told(), "in");
  EXPECT_EQ(semaphore.available(), 2u);
}

// Tasks that take, hold and are dropped at random: permits are neither lost nor made, and the line
// moves.
struct Crowd {
  std::size_t inside = 0;
  static constexpr std::size_t permits = 5;
};
Task<> visit(Borrowed<Semaphore*> semaphore, Borrowed<Crowd*> crowd, std::size_t n, Duration hold) {
  const Permit permit = co_await semaphore.get()->acquire(n);
  struct Inside {
    Crowd* crowd;
    std::size_t n;
    ~Inside() { crowd->inside -= n; }
  } inside{crowd.get(), n};
  crowd.get()->inside += n;
  EXPECT_LE(crowd.get()->inside, Crowd::permits);
  co_await sleep(hold);
}
TEST_F(SemaphoreTest, ARandomCrowd) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  Semaphore semaphore(Crowd::permits);
  Crowd crowd;
  std::vector<TaskRef> refs;
  for (int round = 0; round < 300; ++round) {
    for (std::uint64_t i = dice.below(6); i > 0; --i)
      refs.push_back(spawn(rt, visit, ret_nop, unsafe_borrow(&semaphore), unsafe_borrow(&crowd),
                           dice.below(4) + 1, Duration(dice.below(5))));
    if (dice.below(2)) rt.run();
    for (std::uint64_t i = dice.below(3); i > 0 && !refs.empty(); --i)
      refs[dice.below(refs.size())].cancel();
    rt.run(rt.now() + Duration(dice.below(4)));
  }
  run_virtual(rt);
  EXPECT_EQ(crowd.inside, 0u);
  EXPECT_EQ(semaphore.available(), Crowd::permits);
}

}  // namespace semaphore_test
}  // namespace troupe
