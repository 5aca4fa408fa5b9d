// task/mutex_test.cpp: mutexes: order, handing on, guards that outlive, holders that are dropped.
#include <troupe/task/mutex.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/detached.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace mutex_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using MutexTest = troupe_test::OneRuntimeTest;

Step<> works(Mutex& mutex, int n, Duration hold) {
  const MutexGuard guard = co_await mutex.lock();
  say("in", n);
  co_await sleep(hold);
  say("out", n);
}
Task<int> works_alone(Borrowed<Mutex*> mutex, int n, Duration hold) {
  co_await works(*mutex.get(), n, hold);
  co_return n;
}

TEST_F(MutexTest, OneAtATimeInTheOrderOfComing) {
  Mutex mutex;
  Scope scope(rt);
  for (int n = 1; n <= 3; ++n) scope.spawn(works, scoped(mutex), n, 1s);
  rt.run();
  EXPECT_TRUE(mutex.is_locked());
  EXPECT_EQ(told(), "in1");
  run_virtual(rt);
  EXPECT_EQ(told(), "out1 in2 out2 in3 out3");
  EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, TryLockPassesNobody) {
  Mutex mutex;
  Scope scope(rt);
  MutexGuard guard = mutex.try_lock();
  EXPECT_TRUE(bool(guard));
  EXPECT_FALSE(bool(mutex.try_lock()));
  scope.spawn(works, scoped(mutex), 1, 0s);
  rt.run();
  guard.unlock();
  EXPECT_FALSE(bool(guard));
  EXPECT_FALSE(bool(mutex.try_lock())) << "it was handed on";
  run_virtual(rt);
  EXPECT_EQ(told(), "in1 out1");
  guard = mutex.try_lock();
  MutexGuard moved = std::move(guard);
  EXPECT_TRUE(mutex.is_locked());
  moved = MutexGuard();
  EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, DroppedBeforeItResumesItPassesTheLockOn) {
  Mutex mutex;
  MutexGuard guard = mutex.try_lock();
  const TaskRef first = spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 1, 0s);
  const TaskRef second = spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 2, 0s);
  spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 3, 0s);
  rt.run();
  guard.unlock();
  first.cancel();
  second.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "in3 out3");
  EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, DroppedWhileItWaitsOrHolds) {
  Mutex mutex;
  const TaskRef holds = spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 1, 9s);
  const TaskRef waits = spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 2, 9s);
  spawn(rt, works_alone, ret_nop, unsafe_borrow(&mutex), 3, 1s);
  rt.run();
  waits.cancel();
  holds.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "in1 in3 out3");
  EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, ADestroyedMutexLosesWaitersAndEmptiesGuards) {
  auto mutex = std::make_unique<Mutex>();
  MutexGuard guard = mutex->try_lock();
  spawn(rt, works_alone, tell_int("drop"), unsafe_borrow(mutex.get()), 1, 0s);
  spawn(
      rt,
      [](Borrowed<Mutex*> m) -> Task<int> {
        const auto r = co_await m.get()->lock().reply();
        co_return r ? 1 : -1;
      },
      tell_int("reply"), unsafe_borrow(mutex.get()));
  rt.run();
  mutex.reset();
  EXPECT_FALSE(bool(guard));
  guard.unlock();
  rt.run();
  EXPECT_EQ(told(), "drop!dropped reply=-1");
}

TEST_F(MutexTest, DestroyedAfterItWasHandedOn) {
  auto mutex = std::make_unique<Mutex>();
  MutexGuard guard = mutex->try_lock();
  spawn(rt, works_alone, tell_int("handed"), unsafe_borrow(mutex.get()), 1, 0s);
  rt.run();
  guard.unlock();
  mutex.reset();
  rt.run();
  EXPECT_EQ(told(), "handed!dropped");
}

#if TROUPE_EXCEPTIONS
TEST_F(MutexTest, AnExceptionUnlocks) {
  Mutex mutex;
  spawn(
      rt,
      [](Borrowed<Mutex*> m) -> Task<> {
        const MutexGuard guard = co_await m.get()->lock();
        throw 1;
      },
      ret_nop, unsafe_borrow(&mutex));
  rt.run();
  EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, InModeValueALossIsThrown) {
  auto mutex = std::make_unique<Mutex>();
  const MutexGuard guard = mutex->try_lock();
  spawn(
      rt,
      [](Borrowed<Mutex*> m) -> Task<> {
        try {
          const MutexGuard g = co_await m.get()->lock().value();
        } catch (const ActorFailed& f) {
          say(f.what());
        }
      },
      ret_nop, unsafe_borrow(mutex.get()));
  rt.run();
  mutex.reset();
  rt.run();
  EXPECT_EQ(told(), "dropped");
}
#endif

Detached detached(Mutex& mutex, int n) {
  const auto guard = co_await mutex.lock().reply();
  say(guard ? "in" : "lost", n);
}

TEST_F(MutexTest, ACoroutineOfAForeignTypeMayLock) {
  Mutex mutex;
  MutexGuard guard = mutex.try_lock();
  std::optional<Detached> a, b;
  defer(
      rt,
      [](std::optional<Detached>* x, std::optional<Detached>* y, Mutex* m) {
        x->emplace(detached(*m, 1));
        y->emplace(detached(*m, 2));
      },
      unsafe_borrow(&a), unsafe_borrow(&b), unsafe_borrow(&mutex));
  rt.run();
  guard.unlock();
  a->destroy();  // it was handed the lock
  rt.run();
  EXPECT_EQ(told(), "in2");
  EXPECT_FALSE(mutex.is_locked());
}

}  // namespace mutex_test
}  // namespace troupe
