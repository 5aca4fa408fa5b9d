// thread/offload_test.cpp: jobs and their answers, with threads and as items of virtual time.
#include <troupe/thread/offload.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/sendable_ret.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace offload_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

int add(int a, int b) { return a + b; }

// ---- the same with threads and without
class OffloadTest : public troupe_test::OneRuntimeTest, public ::testing::WithParamInterface<bool> {
 protected:
  Pool make(std::size_t threads = 2, std::size_t bound = 100) {
    PoolOptions options{.threads = threads, .bound = bound};
    return GetParam() ? Pool(std::move(options)) : Pool::without_threads(1s, std::move(options));
  }
};
INSTANTIATE_TEST_SUITE_P(Both, OffloadTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "Threads" : "NoThreads"; });

struct Asker {
  explicit Asker(PoolRef p) : pool(std::move(p)) {}
  ~Asker() { say("~"); }
  void ask(Cx<Asker>& cx, int n) {
    job = offload(cx, pool, &add, ret_to<&Asker::heard>(cx, n), n, 1);
  }
  void heard(int n, Reply<int> sum) {
    say(std::to_string(n), "->");
    say("", sum ? std::to_string(*sum) : std::string(sum.error().text()));
  }
  void stop(Cx<Asker>& cx) { cx.stop(); }
  PoolRef pool;
  JobRef job;
};

TEST_P(OffloadTest, AnActorHearsByItsRet) {
  Pool pool = make();
  const ActorOwn<Asker> asker = make_actor<Asker>(rt, ret_nop, pool.ref());
  call<&Asker::ask>(asker, 41);
  run_virtual(rt);
  EXPECT_EQ(told(), "41-> 42");
  EXPECT_EQ(rt.live_rets(), 0u);
}

TEST_P(OffloadTest, ATaskAwaitsTheResult) {
  Pool pool = make();
  spawn(
      rt,
      [](PoolRef p) -> Task<int> {
        const int sum = co_await offload(p, &add, 1, 2);
        const auto reply = co_await offload(p, &add, sum, 10).reply();
        const int more = co_await offload(p, &add, *reply, 100).value();
        co_return more;
      },
      tell_int("sum"), pool.ref());
  run_virtual(rt);
  EXPECT_EQ(told(), "sum=113");
}

TEST_P(OffloadTest, MovesWhatCannotBeCopied) {
  Pool pool = make();
  spawn(
      rt,
      [](PoolRef p) -> Task<> {
        auto number = std::make_unique<int>(20);
        auto doubled = co_await offload(
            p,
            [](std::unique_ptr<int> n) {
              *n *= 2;
              return n;
            },
            std::move(number));
        say("", *doubled);
      },
      ret_nop, pool.ref());
  offload(
      rt, pool, [](std::unique_ptr<int> n) { return n; },
      ret_do([](Reply<std::unique_ptr<int>> n) { say("", **n); }), std::make_unique<int>(5));
  run_virtual(rt);
  EXPECT_EQ(told().size(), 4u);
}

TEST_P(OffloadTest, AFunctionMayReturnNothing) {
  Pool pool = make();
  std::atomic<int> ran{0};
  spawn(
      rt,
      [](PoolRef p, Borrowed<std::atomic<int>> n) -> Task<> {
        co_await offload(p, [](std::atomic<int>& all) { ++all; }, n);
        say("done");
      },
      ret_nop, pool.ref(), unsafe_borrow(ran));
  offload(rt, pool, [](std::atomic<int>& n) { ++n; }, ret_nop, unsafe_borrow(ran));
  run_virtual(rt);
  EXPECT_EQ(told(), "done");
  EXPECT_EQ(ran, 2);
}

TEST_P(OffloadTest, AFunctionObjectMayHaveFields) {
  struct Times {
    int factor;
    int operator()(int n) const { return factor * n; }
  };
  Pool pool = make();
  offload(rt, pool, Times{3}, tell_int("times"), 5);
  run_virtual(rt);
  EXPECT_EQ(told(), "times=15");
}

TEST_P(OffloadTest, JobsBeginInOrderFromAllWhoGiveThem) {
  Pool pool = make(1);
  auto order = std::make_shared<std::vector<int>>();
  const auto note = [](std::vector<int>& list, int n) { list.push_back(n); };
  for (int n = 0; n < 40; ++n) {
    if (n % 2)
      offload(rt, pool, note, ret_nop, unsafe_borrow(*order), n);
    else
      spawn(
          rt,
          [](PoolRef p, Borrowed<std::vector<int>> list, int number) -> Task<> {
            co_await offload(
                p, [](std::vector<int>& all, int i) { all.push_back(i); }, list, number);
          },
          ret_nop, pool.ref(), unsafe_borrow(*order), n);
    rt.run();
  }
  run_virtual(rt);
  std::vector<int> all(40);
  for (int n = 0; n < 40; ++n) all[static_cast<std::size_t>(n)] = n;
  EXPECT_EQ(*order, all);
}

#if TROUPE_EXCEPTIONS
TEST_P(OffloadTest, AnExceptionIsAFailureWithItsText) {
  Pool pool = make();
  const auto throws = [](const std::string& text) -> int { throw std::out_of_range(text); };
  offload(rt, pool, throws, ret_do([](Reply<int> reply) {
            say(reply.error().text());
            try {
              std::rethrow_exception(reply.error().error().exception());
            } catch (const std::out_of_range&) {
              say("out_of_range");
            }
          }),
          std::string("no such row"));
  run_virtual(rt);
  EXPECT_EQ(told(), "failed: no such row out_of_range");
  const auto task = [](PoolRef p) -> Task<int> {
    const int n = co_await offload(p, []() -> int { throw std::runtime_error("no such file"); });
    co_return n;
  };
  spawn(rt, task, ret_do([](Reply<int> reply) { say(reply.error().text()); }), pool.ref());
  run_virtual(rt);
  EXPECT_EQ(told(), "failed: no such file");
}

TEST_P(OffloadTest, WhatNobodyHearsGoesToTheLog) {
  Pool pool = make();
  rt.set_logger(LogLevel::error, [](Core&, const LogRecord& record) { say(record.text); });
  offload(rt, pool, [] { throw std::runtime_error("unheard"); }, ret_nop);
  run_virtual(rt);
  EXPECT_NE(told().find("unheard"), std::string::npos);
}

// What moves by what may throw, and what dies so inside the function.
struct Touchy {
  Touchy() = default;
  Touchy(Touchy&&) noexcept(false) { throw std::runtime_error("cannot be moved"); }
};
struct Explodes {
  Explodes() = default;
  Explodes(Explodes&& other) noexcept : armed(std::exchange(other.armed, false)) {}
  ~Explodes() noexcept(false) {
    if (armed) throw std::runtime_error("does not die");
  }
  bool armed = true;
};

TEST_P(OffloadTest, AResultThatCannotBeMovedIsAFailure) {
  Pool pool = make();
  offload(
      rt, pool, [] { return Touchy(); },
      ret_do([](const Reply<Touchy>& reply) { say(reply.error().text()); }));
  spawn(
      rt, [](PoolRef p) -> Task<> { co_await offload(p, [] { return Touchy(); }); },
      ret_do([](Reply<> reply) { say(reply.error().text()); }), pool.ref());
  run_virtual(rt);
  EXPECT_EQ(told(), "failed: cannot be moved failed: cannot be moved");
}

TEST_P(OffloadTest, ADestructorThatThrowsInsideTheFunctionIsAFailure) {
  Pool pool = make();
  const auto fn = [](int n) {
    const Explodes local;
    return n;
  };
  offload(rt, pool, fn, ret_do([](Reply<int> reply) { say(reply.error().text()); }), 1);
  run_virtual(rt);
  EXPECT_EQ(told(), "failed: does not die");
}
#endif

TEST_P(OffloadTest, ABoundRefusesAndATaskMayAwaitRoom) {
  Pool pool = make(1, 2);
  std::binary_semaphore go(0);
  const auto wait = [](std::binary_semaphore& until, int n) {
    until.acquire();
    until.release();
    return n;
  };
  for (int n = 1; n <= 4; ++n)
    offload(rt, pool, wait, tell_int(std::to_string(n)), unsafe_borrow(go), n);
  spawn(
      rt,
      [](PoolRef p) -> Task<int> {
        const int n = co_await offload(p, &add, 2, 3);
        co_return n;
      },
      tell_int("5"), pool.ref());
  spawn(
      rt,
      [](PoolRef p) -> Task<int> {
        const int n = co_await offload_when_room(p, &add, 3, 3);
        co_return n;
      },
      tell_int("6"), pool.ref());
  rt.run();
  EXPECT_EQ(told(), "4!overloaded 5!overloaded");
  EXPECT_EQ(pool.waiting() + pool.running(), 4u);
  go.release();
  run_virtual(rt);
  EXPECT_EQ(told(), "1=1 2=2 3=3 6=6");
  offload(rt, pool, &add, tell_int("7"), 3, 4);
  run_virtual(rt);
  EXPECT_EQ(told(), "7=7");
}

TEST_P(OffloadTest, WithoutABoundNothingWaits) {
  Pool pool = make(2, 0);
  std::binary_semaphore go(0);
  const auto wait = [](std::binary_semaphore& until) {
    until.acquire();
    until.release();
    return 1;
  };
  for (int n = 0; n < 3; ++n)
    offload(rt, pool, wait, tell_int(std::to_string(n)), unsafe_borrow(go));
  EXPECT_EQ(told(), "2!overloaded");
  go.release();
  run_virtual(rt);
  EXPECT_EQ(told().size(), 7u);
}

// ---- cancelled, by whom and when
struct Traced {  // counts itself
  explicit Traced(std::atomic<int>& n) noexcept : alive(&n) { ++*alive; }
  Traced(Traced&& other) noexcept : alive(other.alive) { ++*alive; }
  Traced(const Traced& other) noexcept : alive(other.alive) { ++*alive; }
  ~Traced() { --*alive; }
  std::atomic<int>* alive;
};

struct UntilStopped {  // runs until it is asked to stop
  Traced traced;
  Traced operator()(const JobStop& stop, std::atomic<bool>& runs) const {
    runs = true;
    while (!stop.stop_requested()) std::this_thread::yield();
    return traced;
  }
};

class CancelTest : public OffloadTest {
 protected:
  void until_it_runs() {
    while (GetParam() && !began) std::this_thread::yield();
    if (!GetParam()) rt.run(rt.now() + 500ms);
  }
  // All that goes on in the pool has come back. A thread sends a job home only after it has left
  // the pool: then it is heard, and what it holds dies.
  void until_empty(Pool& pool) {
    while (GetParam() && pool.running() != 0) std::this_thread::yield();
    until_heard();
    EXPECT_EQ(pool.waiting() + pool.running(), 0u);
    EXPECT_EQ(rt.why_alive().jobs, 0u);
  }
  void until_heard() {
    run_virtual(rt);
    for (; GetParam() && alive != 0; run_virtual(rt)) std::this_thread::yield();
  }
  std::atomic<bool> began{false};
  std::atomic<int> alive{0};
};
INSTANTIATE_TEST_SUITE_P(Both, CancelTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "Threads" : "NoThreads"; });

Ret<Traced> tell_traced() {
  return ret_do(
      [](const Reply<Traced>& reply) { say(reply ? std::string("value") : reply.error().text()); });
}

TEST_P(CancelTest, AJobThatWaitsIsNotRun) {
  Pool pool = make(1);
  const JobRef runs =
      offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
  until_it_runs();
  std::atomic<int> kept{0};
  const JobRef waits = offload(
      rt, pool,
      [](Traced traced) {
        ADD_FAILURE() << "it was cancelled";
        return traced;
      },
      tell_traced(), Traced(kept));
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(pool.waiting(), 1u);
  EXPECT_FALSE(waits.done());
  waits.cancel();
  EXPECT_EQ(told(), "cancelled");
  EXPECT_EQ(kept, 0) << "its arguments died here";
  EXPECT_EQ(pool.waiting(), 0u);
  EXPECT_TRUE(waits.done());
  waits.cancel();
  runs.cancel();
  runs.cancel();
  EXPECT_EQ(told(), "cancelled");
  until_empty(pool);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(alive, 0);
}

TEST_P(CancelTest, AStopAloneLetsTheJobAnswer) {
  Pool pool = make(1);
  const JobRef job =
      offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
  until_it_runs();
  job.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "value");
  EXPECT_TRUE(job.done());
  job.cancel();
  EXPECT_EQ(told(), "");
  until_empty(pool);
}

TEST_P(CancelTest, CancelledWhenItIsBackButNotHeard) {
  Pool pool = make(1);
  const JobRef job = offload(rt, pool, [](Traced t) { return t; }, tell_traced(), Traced(alive));
  while (GetParam() && pool.running() + pool.waiting() != 0) std::this_thread::yield();
  if (!GetParam()) {
    Runtime other;  // the pool is one for both: it runs the job to its end, which is not heard yet
    (void)other;
    pool = Pool();
  }
  job.cancel();
  EXPECT_EQ(told(), "cancelled");
  until_heard();
  EXPECT_EQ(told(), "");
  EXPECT_EQ(alive, 0);
}

Task<> awaits(PoolRef pool, Borrowed<std::atomic<bool>> began, Borrowed<std::atomic<int>> alive) {
  struct Loops {
    Traced traced;
    Traced operator()(const JobStop& stop, std::atomic<bool>& b) const {
      b = true;
      while (!stop.stop_requested()) std::this_thread::yield();
      return traced;
    }
  };
  const Loops loops{Traced(alive)};
  const Traced got = co_await offload(pool, loops, began);
  say("got");
}

TEST_P(CancelTest, ATaskThatIsDroppedCancelsItsJob) {
  Pool pool = make(1);
  auto drop = ret_do([](Reply<> reply) { say(reply.error().text()); });
  const TaskRef early =
      spawn(rt, awaits, std::move(drop), pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  early.cancel();  // before it has begun
  run_virtual(rt);
  EXPECT_FALSE(began);
  EXPECT_EQ(told(), "cancelled");

  const TaskRef runs =
      spawn(rt, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  rt.run();
  const TaskRef waits =
      spawn(rt, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  rt.run();
  until_it_runs();
  EXPECT_EQ(pool.waiting(), 1u);
  waits.cancel();
  EXPECT_EQ(pool.waiting(), 0u);
  runs.cancel();
  EXPECT_EQ(rt.live_tasks(), 0u);
  EXPECT_EQ(rt.why_alive().jobs, 0u) << "nobody waits for it";
  until_empty(pool);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(alive, 0);
}

TEST_P(CancelTest, ATaskThatIsAskedToStopPassesThatOn) {
  Pool pool = make(1);
  const TaskRef task =
      spawn(rt, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  rt.run();
  until_it_runs();
  task.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "got");
  const TaskRef before =
      spawn(rt, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  before.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "got");
}

TEST_P(CancelTest, AnActorsJobsEndWithIt) {
  Pool pool = make(1);
  const JobRef runs =
      offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
  until_it_runs();
  {
    const ActorOwn<Asker> asker = make_actor<Asker>(rt, ret_nop, pool.ref());
    for (int n = 0; n < 30; ++n) call<&Asker::ask>(asker, n);
    rt.run();
    EXPECT_EQ(pool.waiting(), 30u);
    EXPECT_EQ(rt.why_alive().jobs, GetParam() ? 31u : 0u);
    call<&Asker::stop>(asker);
    rt.run();
  }
  EXPECT_EQ(told(), "~");
  EXPECT_EQ(pool.waiting(), 0u) << "the end of the actor took them back";
  runs.cancel();
  until_empty(pool);
  told();
}

TEST_P(CancelTest, AnActorWhoseJobsAreDoneIsAsLightAsBefore) {
  Pool pool = make(1, 1000);
  const ActorOwn<Asker> asker = make_actor<Asker>(rt, ret_nop, pool.ref());
  for (int n = 0; n < 500; ++n) call<&Asker::ask>(asker, n);
  run_virtual(rt);
  EXPECT_EQ(rt.live_rets(), 0u);
  if (Ledger::enabled) {
    EXPECT_EQ(Ledger::here().live(), 0u) << "nothing of them is left to be told of its end";
  }
  told();
}

// Hands on the Ret that it was asked with.
struct Passes {
  explicit Passes(PoolRef p) : pool(std::move(p)) {}
  void runs(Cx<Passes>& cx, Traced traced, Borrowed<std::atomic<bool>> began, Ret<Traced> ret) {
    offload(cx, pool, UntilStopped{std::move(traced)}, std::move(ret), began);
  }
  void waits(Cx<Passes>& cx, Traced traced, Ret<Traced> ret) {
    offload(
        cx, pool,
        [](Traced t) {
          ADD_FAILURE() << "nobody waits for it";
          return t;
        },
        std::move(ret), std::move(traced));
  }
  void for_nobody(Cx<Passes>& cx, Borrowed<std::atomic<int>> runs) {
    offload(cx, pool, [](std::atomic<int>& n) { ++n; }, ret_nop, runs);
  }
  PoolRef pool;
};

TEST_P(CancelTest, AJobEndsWithTheTaskWhoseRetItWasGiven) {
  Pool pool = make(1);
  std::atomic<int> kept{0}, others{0};
  const ActorOwn<Passes> passes = make_actor<Passes>(rt, ret_nop, pool.ref());
  const TaskRef first = spawn(rt, ask<&Passes::runs>(passes, Traced(alive), unsafe_borrow(began)));
  const TaskRef second = spawn(rt, ask<&Passes::waits>(passes, Traced(kept)));
  rt.run();
  until_it_runs();
  call<&Passes::for_nobody>(passes, unsafe_borrow(others));
  rt.run();
  EXPECT_EQ(pool.waiting(), 2u);
  second.cancel();
  rt.run();
  EXPECT_EQ(pool.waiting(), 1u) << "it was taken back; that for nobody was not";
  EXPECT_EQ(kept, 0);
  EXPECT_EQ(others, 0);
  first.cancel();
  rt.run();
  until_empty(pool);
  EXPECT_EQ(alive, 0) << "it was asked to stop, and its result destroyed";
  EXPECT_EQ(others, 1);
}

TEST_P(CancelTest, OfManyJobsThoseAreCancelledForWhichNobodyWaits) {
  Pool pool = make(1);
  const ActorOwn<Passes> passes = make_actor<Passes>(rt, ret_nop, pool.ref());
  const JobRef first =
      offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
  until_it_runs();
  std::atomic<int> kept{0};
  std::vector<TaskRef> asked;
  for (int n = 0; n != 40; ++n)
    asked.push_back(spawn(rt, ask<&Passes::waits>(passes, Traced(kept))));
  rt.run();
  EXPECT_EQ(pool.waiting(), 40u);
  for (int n = 0; n != 40; n += 2) asked[static_cast<std::size_t>(n)].cancel();
  rt.run();
  EXPECT_EQ(pool.waiting(), 20u);
  for (int n = 1; n != 41; n += 2) asked[static_cast<std::size_t>(n)].cancel();
  rt.run();
  EXPECT_EQ(pool.waiting(), 0u);
  EXPECT_EQ(kept, 0);
  first.cancel();
  until_empty(pool);
  told();
}

// Gives the job later than it was asked.
struct Keeps {
  explicit Keeps(PoolRef p) : pool(std::move(p)) {}
  void keep(Ret<int> ret) { kept = std::move(ret); }
  void keep_for(Cx<Keeps>& cx, Ret<int> ret) { kept = std::move(ret).with_timeout(cx, 1s); }
  void give(Cx<Keeps>& cx, Borrowed<std::atomic<int>> runs) {
    const JobRef job =
        offload(cx, pool, [](std::atomic<int>& n) { return ++n; }, std::move(kept), runs);
    say(job ? "given" : "none");
  }
  PoolRef pool;
  Ret<int> kept{nullptr};
};
struct AsksKeeps {
  void begin(Cx<AsksKeeps>& cx, Actor<Keeps> to) {
    call<&Keeps::keep>(to, ret_to<&AsksKeeps::heard>(cx));
  }
  void heard(Reply<int>) { say("heard"); }
};

TEST_P(CancelTest, AJobIsNotRunWhoseAskerHadGoneBeforeItWasGiven) {
  Pool pool = make(1);
  std::atomic<int> runs{0};
  const ActorOwn<Keeps> keeps = make_actor<Keeps>(rt, ret_nop, pool.ref());
  const auto give = [&] {
    call<&Keeps::give>(keeps, unsafe_borrow(runs));
    rt.run();
    until_empty(pool);
    return told();
  };
  const TaskRef task = spawn(rt, ask<&Keeps::keep>(keeps));
  rt.run();
  task.cancel();
  rt.run();
  EXPECT_EQ(give(), "none") << "the task was dropped";
  auto asker = make_actor<AsksKeeps>(rt, ret_nop);
  call<&AsksKeeps::begin>(asker, keeps.actor());
  rt.run();
  asker = {};
  rt.run();
  EXPECT_EQ(give(), "none") << "the actor has ended";
  call<&Keeps::keep_for>(keeps, tell_int("n"));
  run_virtual(rt);
  EXPECT_EQ(told(), "n!timed out");
  EXPECT_EQ(give(), "none") << "its time is over";
  EXPECT_EQ(runs, 0);
  call<&Keeps::keep>(keeps, ret_nop);
  EXPECT_EQ(give(), "given") << "nobody ever waited";
  EXPECT_EQ(runs, 1);
  call<&Keeps::keep>(keeps, tell_int("n"));
  EXPECT_EQ(give(), "given n=2");
}

TEST_P(CancelTest, ARefIsEmptyWhereTheJobWasRefused) {
  Pool pool = make(1, 0);
  const JobRef runs =
      offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
  const JobRef refused = offload(rt, pool, &add, tell_int("n"), 1, 2);
  EXPECT_EQ(told(), "n!overloaded");
  EXPECT_TRUE(bool(runs));
  EXPECT_FALSE(bool(refused));
  EXPECT_TRUE(refused.done());
  EXPECT_FALSE(bool(JobRef()));
  runs.cancel();
  until_empty(pool);
  told();
}

// ---- ends
TEST_P(CancelTest, APoolThatEndsAnswersAll) {
  {
    Pool pool = make(1);
    offload(rt, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
    until_it_runs();
    const PoolRef ref = pool;
    for (int n = 0; n < 3; ++n)
      offload(rt, ref, [](Traced t) { return t; }, tell_traced(), Traced(alive));
    { const Pool ends = std::move(pool); }
    EXPECT_EQ(told(), "");
    offload(rt, ref, &add, tell_int("late"), 1, 2);
    EXPECT_EQ(told(), "late!lost");
    EXPECT_EQ(pool.waiting(), 0u);  // NOLINT(bugprone-use-after-move): it is empty
    offload(rt, PoolRef(), &add, tell_int("none"), 1, 2);
    EXPECT_EQ(told(), "none!lost");
  }
  rt.run();
  EXPECT_EQ(std::string(told()),
            "lost: the pool has ended lost: the pool has ended lost: the pool has ended value");
  EXPECT_EQ(alive, 0);
  run_virtual(rt);
}

TEST_P(CancelTest, ATaskHearsOfTheEndOfItsPool) {
  std::optional<Pool> pool(make(1));
  spawn(rt, awaits, ret_do([](Reply<> reply) { say(reply ? "well" : reply.error().text()); }),
        pool->ref(), unsafe_borrow(began), unsafe_borrow(alive));
  spawn(rt, awaits, ret_do([](Reply<> reply) { say(reply ? "well" : reply.error().text()); }),
        pool->ref(), unsafe_borrow(began), unsafe_borrow(alive));
  rt.run();
  until_it_runs();
  pool.reset();
  run_virtual(rt);
  EXPECT_EQ(told(), "lost: the pool has ended got well");
}

class EndTest : public CancelTest {};
INSTANTIATE_TEST_SUITE_P(Both, EndTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "Threads" : "NoThreads"; });

TEST_P(EndTest, ARuntimeThatEndsFirstLosesNothing) {
  Pool pool = make(1);
  {
    Runtime short_lived;
    offload(short_lived, pool, UntilStopped{Traced(alive)}, tell_traced(), unsafe_borrow(began));
    while (GetParam() && !began) std::this_thread::yield();
    if (!GetParam()) short_lived.run(short_lived.now() + 500ms);
    for (int n = 0; n < 3; ++n)
      offload(
          short_lived, pool,
          [](Traced t) {
            ADD_FAILURE() << "nobody waits for it";
            return t;
          },
          tell_traced(), Traced(alive));
    spawn(short_lived, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
    short_lived.run();
  }
  EXPECT_EQ(told(), "runtime ended runtime ended runtime ended runtime ended");
  EXPECT_EQ(pool.waiting(), 0u);
  while (pool.running() != 0) std::this_thread::yield();  // it was asked to stop
  { const Pool ends = std::move(pool); }
  EXPECT_EQ(alive, 0);
}

TEST_P(EndTest, AJobThatIsBackWhenItsRuntimeEndsLosesNothing) {
  Pool pool = make(1);
  {
    Runtime short_lived;
    offload(short_lived, pool, [](Traced t) { return t; }, tell_traced(), Traced(alive));
    while (GetParam() && pool.running() + pool.waiting() != 0) std::this_thread::yield();
    if (!GetParam()) pool = Pool();
  }
  EXPECT_EQ(told(), "runtime ended");
  { const Pool ends = std::move(pool); }
  EXPECT_EQ(alive, 0);
}

TEST_P(EndTest, TwoRuntimesShareOnePool) {
  Pool pool = make(1);
  Runtime other;
  for (int n = 0; n < 3; ++n) {
    offload(rt, pool, &add, tell_int("a"), n, 0);
    offload(other, pool, &add, tell_int("b"), n, 0);
  }
  if (GetParam()) {
    run_virtual(other);
    EXPECT_EQ(told(), "b=0 b=1 b=2");
    run_virtual(rt);
    EXPECT_EQ(told(), "a=0 a=1 a=2");
  } else {
    for (int n = 0; n < 6; ++n) run_virtual(rt), run_virtual(other);
    EXPECT_EQ(told(), "a=0 b=0 a=1 b=1 a=2 b=2");
  }
}

TEST_P(EndTest, ARuntimeThatIsEndingTakesNoJob) {
  struct AtEnd {
    explicit AtEnd(Core& c, PoolRef p) : core(c), pool(std::move(p)) {}
    ~AtEnd() { offload(core, pool, &add, tell_int("late"), 1, 2); }
    Core& core;
    PoolRef pool;
  };
  Pool pool = make();
  {
    Runtime short_lived;
    static_cast<Core&>(short_lived)
        .anymap_set<std::unique_ptr<AtEnd>>(
            std::make_unique<AtEnd>(short_lived.core(), pool.ref()));
  }
  EXPECT_EQ(told(), "late!runtime ended");
}

TEST_P(EndTest, ReportsSayWhatIsAwaited) {
  Pool pool = make(1);
  const TaskRef task =
      spawn(rt, awaits, ret_nop, pool.ref(), unsafe_borrow(began), unsafe_borrow(alive));
  rt.run();
  EXPECT_NE(rt.why_alive().text().find("a job of a pool"), std::string::npos);
  EXPECT_FALSE(rt.why_alive().tasks.front().stuck);
  task.cancel();
  { const Pool ends = std::move(pool); }
  run_virtual(rt);
}

}  // namespace offload_test
}  // namespace troupe
