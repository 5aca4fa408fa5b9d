// thread/pool_test.cpp: pools: their threads, and their time without threads.
#include <troupe/thread/pool.hpp>

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <vector>

#include "support/hears_stderr.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace pool_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using PoolTest = troupe_test::OneRuntimeTest;

int same(int n) { return n; }

// ---- threads
TEST_F(PoolTest, NoThreadStartsBeforeAJobNeedsIt) {
  Pool pool({.threads = 3});
  EXPECT_EQ(pool.threads(), 0u);
  std::counting_semaphore<> go(0);
  const auto wait = [](std::counting_semaphore<>& until) {
    until.acquire();
    return 1;
  };
  for (std::size_t n = 1; n <= 5; ++n) {
    offload(rt, pool, wait, tell_int("n"), unsafe_borrow(go));
    EXPECT_EQ(pool.threads(), std::min<std::size_t>(n, 3));
  }
  while (pool.running() != 3) std::this_thread::yield();
  EXPECT_EQ(pool.waiting(), 2u);
  go.release(5);
  run_virtual(rt);
  EXPECT_EQ(told(), "n=1 n=1 n=1 n=1 n=1");
}

TEST_F(PoolTest, AFreeThreadIsTakenAgain) {
  Pool pool({.threads = 8});
  for (int n = 0; n < 50; ++n) {
    offload(rt, pool, &same, tell_int("n"), n);
    run_virtual(rt);
  }
  EXPECT_EQ(pool.threads(), 1u);
  told();
}

TEST_F(PoolTest, AThreadWithoutAJobGoes) {
  Pool pool({.threads = 2, .idle = 0s});
  for (int n = 0; n < 20; ++n) {
    offload(rt, pool, &same, tell_int("n"), n);
    run_virtual(rt);
    EXPECT_EQ(told(), "n=" + std::to_string(n));
    while (pool.threads() != 0) std::this_thread::yield();
  }
}

struct EndsLate {  // of a thread
  ~EndsLate() {
    if (until) until->acquire();
  }
  std::binary_semaphore* until = nullptr;
};
int make_end_late(std::binary_semaphore& until, int n) {
  thread_local EndsLate end;
  end.until = &until;
  return n;
}

TEST_F(PoolTest, AThreadThatIsLeavingHoldsUpNobody) {
  Pool pool({.threads = 1, .idle = 0s});
  std::binary_semaphore go(0);
  offload(rt, pool, &make_end_late, tell_int("n"), unsafe_borrow(go), 1);
  run_virtual(rt);
  while (pool.threads() != 0) std::this_thread::yield();
  offload(rt, pool, &same, tell_int("n"), 2);
  EXPECT_EQ(pool.threads(), 1u);
  EXPECT_EQ(told(), "n=1");
  go.release();
  run_virtual(rt);
  EXPECT_EQ(told(), "n=2");
}

TEST_F(PoolTest, AThreadMayBeKeptForEver) {
  Pool pool({.threads = 1, .idle = AnyDuration(Duration::max())});
  offload(rt, pool, &same, tell_int("n"), 1);
  run_virtual(rt);
  EXPECT_EQ(told(), "n=1");
  EXPECT_EQ(pool.threads(), 1u);
}

#if defined(__linux__)
TEST_F(PoolTest, ThreadsHaveNames) {
  Pool pool({.threads = 1, .name = "a long name of files"});
  const auto name = [] {
    char text[32];
    ::pthread_getname_np(::pthread_self(), text, sizeof(text));
    return std::string(text);
  };
  offload(rt, pool, name, ret_do([](const Reply<std::string>& text) { say(*text); }));
  run_virtual(rt);
  EXPECT_EQ(told(), "a long nam-1");
}
#endif

TEST_F(PoolTest, JobsRunAtOnceOnSeveralThreads) {
  Pool pool({.threads = 2});
  std::binary_semaphore there(0), here(0);
  const auto meet = [](std::binary_semaphore& mine, std::binary_semaphore& other) {
    mine.release();
    other.acquire();  // never, were they to run one behind the other
    return 1;
  };
  offload(rt, pool, meet, tell_int("a"), unsafe_borrow(there), unsafe_borrow(here));
  offload(rt, pool, meet, tell_int("b"), unsafe_borrow(here), unsafe_borrow(there));
  run_virtual(rt);
  EXPECT_EQ(told().size(), 7u);
}

TEST_F(PoolTest, VirtualTimeStandsStillWhileAJobIsOut) {
  Pool pool({.threads = 1});
  for (int round = 0; round < 50; ++round) {
    after(rt, 1h, [] { say("hour"); });
    offload(rt, pool, &same, tell_int("n"), round);
    run_virtual(rt);
    EXPECT_EQ(told(), "n=" + std::to_string(round) + " hour");
  }
}

TEST_F(PoolTest, AJobThatHoldsUpTheEndIsToldOnce) {
  const troupe_test::HearsStderr hears("the end of a Pool (slow) has waited 0.000 s for 1 job(s)");
  {
    Pool pool({.threads = 2, .end_warning = 0s, .name = "slow"});
    offload(
        rt, pool,
        [](const troupe_test::HearsStderr& said) {
          while (said.count() == 0) std::this_thread::yield();
          return 1;
        },
        tell_int("n"), unsafe_borrow(hears));
    while (pool.running() != 1) std::this_thread::yield();
  }
  run_virtual(rt);
  EXPECT_EQ(told(), "n=1");
  EXPECT_EQ(hears.count(), 1u);
}

TEST_F(PoolTest, AnEndWithoutAWaitIsNotTold) {
  const troupe_test::HearsStderr hears("the end of a Pool");
  { const Pool pool({.end_warning = 0s}); }
  {
    Pool pool({.end_warning = Duration::max()});
    offload(rt, pool, &same, tell_int("n"), 1);
    run_virtual(rt);
  }
  EXPECT_EQ(told(), "n=1");
  EXPECT_EQ(hears.count(), 0u);
}

TEST_F(PoolTest, ARefKeepsNoPool) {
  PoolRef ref;
  {
    Pool pool({.threads = 1});
    ref = pool.ref();
    const PoolRef copy = ref;
    offload(rt, copy, &same, tell_int("n"), 1);
    run_virtual(rt);
    Pool other({.threads = 1});
    other = std::move(pool);  // which ends the one that it was
    offload(rt, ref, &same, tell_int("n"), 2);
    run_virtual(rt);
  }
  offload(rt, ref, &same, tell_int("n"), 3);
  EXPECT_EQ(told(), "n=1 n=2 n!lost");
}

TEST_F(PoolTest, OneThatEndsOnAThreadOfItsOwnEndsTheProcess) {
  EXPECT_DEATH(
      {
        std::optional<Pool> pool(std::in_place, PoolOptions{.threads = 1});
        offload(
            rt, *pool, [](std::optional<Pool>& mine) { mine.reset(); }, ret_nop,
            unsafe_borrow(pool));
        run_virtual(rt);
      },
      "a Pool ended on one of its own threads");
}

TEST_F(PoolTest, AnEmptyRetEndsTheProcess) {
  EXPECT_DEATH(
      {
        const Pool pool;
        offload(rt, pool, &same, Ret<int>(nullptr), 1);
      },
      "answered");
}

// ---- without threads
TEST_F(PoolTest, DurationsAreScripted) {
  Pool pool =
      Pool::without_threads([](std::uint64_t job) { return job == 0 ? 5s : 2s; }, {.threads = 2});
  const auto tell = [](Core& core, int n, Reply<int>) {
    say(std::to_string(n), "@");
    say("", (core.now() - core.start_time()).count() / 1'000'000'000);
  };
  for (int n = 0; n < 4; ++n)
    offload(rt, pool, &same, ret_do<int>(tell, unsafe_borrow(rt.core()), n), n);
  EXPECT_EQ(pool.threads(), 0u);
  EXPECT_EQ(pool.running(), 2u);
  EXPECT_EQ(pool.waiting(), 2u);
  run_virtual(rt);
  EXPECT_EQ(told(), "1@ 2 2@ 4 0@ 5 3@ 6");
}

TEST_F(PoolTest, ALimitInVirtualTimeCancelsAJob) {
  const Pool pool = Pool::without_threads(10s);
  const auto limited = [](PoolRef p) -> Task<int> {
    const int n = co_await timeout(3s, offload(p, &same, 1));
    co_return n;
  };
  spawn(rt, limited, tell_int("n"), pool.ref());
  run_virtual(rt, rt.now() + 3s);
  EXPECT_EQ(told(), "n!timed out");
  run_virtual(rt);
  EXPECT_EQ(pool.running(), 0u);
}

// ---- a stop without threads
int until_stopped(const JobStop& stop, int n) {
  EXPECT_TRUE(stop.stop_requested()) << "it was cut short";
  return n;
}

TEST_F(PoolTest, AJobThatIsCancelledFreesItsPlaceWhenItNotices) {
  const Pool pool = Pool::without_threads(1h, {.threads = 1});
  const JobRef first = offload(rt, pool, &until_stopped, tell_int("first"), 1);
  offload(
      rt, pool, &same,
      ret_do<int>([](Core& core, Reply<int>) { say("s", (core.now() - core.start_time()) / 1s); },
                  unsafe_borrow(rt.core())),
      2);
  run_virtual(rt, rt.now() + 10s);
  EXPECT_EQ(pool.waiting(), 1u);
  first.cancel();
  rt.run();
  EXPECT_EQ(pool.waiting(), 0u);
  EXPECT_EQ(rt.live_timers(), 1u) << "that of the other one";
  run_virtual(rt);
  EXPECT_EQ(told(), "first!cancelled s3610");
}

TEST_F(PoolTest, AJobThatTakesNoStopKeepsItsPlaceAsItWouldKeepAThread) {
  const Pool pool = Pool::without_threads(1h, {.threads = 1});
  const JobRef first = offload(rt, pool, &same, tell_int("first"), 1);
  offload(rt, pool, &same, tell_int("second"), 2);
  first.cancel();
  rt.run();
  EXPECT_EQ(pool.waiting(), 1u);
  run_virtual(rt, rt.now() + 2h);
  EXPECT_EQ(told(), "first!cancelled second=2");
}

TEST_F(PoolTest, AStopAloneIsNoticedAtOnceToo) {
  const Pool pool = Pool::without_threads(1h);
  const JobRef job = offload(rt, pool, &until_stopped, tell_int("n"), 4);
  job.request_stop();
  run_virtual(rt);
  EXPECT_EQ(told(), "n=4");
  EXPECT_EQ(rt.now(), rt.core().start_time());
}

struct Loads {
  explicit Loads(PoolRef p) : pool(std::move(p)) {}
  void load(Cx<Loads>& cx, int n, Ret<int> ret) { offload(cx, pool, &same, std::move(ret), n); }
  PoolRef pool;
};

TEST_F(PoolTest, ALimitOfWhoAskedCancelsTheJob) {
  const Pool pool = Pool::without_threads(1h, {.threads = 1});
  const auto loads = make_actor<Loads>(rt, ret_nop, pool.ref());
  const auto limited = [](Actor<Loads> to) -> Task<int> {
    const int n = co_await timeout(3s, ask<&Loads::load>(to, 1));
    co_return n;
  };
  call<&Loads::load>(loads, 1, tell_int("first"));
  spawn(rt, limited, tell_int("limited"), loads.actor());
  call<&Loads::load>(loads, 3, Ret<int>(tell_int("timed")).with_timeout(rt, 4s));
  rt.run();
  EXPECT_EQ(pool.waiting(), 2u);
  run_virtual(rt, rt.now() + 3s);
  EXPECT_EQ(pool.waiting(), 1u) << "the task has its limit";
  run_virtual(rt, rt.now() + 1s);
  EXPECT_EQ(pool.waiting(), 0u) << "and so has the Ret";
  run_virtual(rt);
  EXPECT_EQ(told(), "limited!timed out timed!timed out first=1");
}

TEST_F(PoolTest, AJobSeesNoRuntime) {
  const Pool pool = Pool::without_threads();
  offload(rt, pool, [] { return Core::current() == nullptr ? 1 : 0; }, tell_int("n"));
  run_virtual(rt);
  EXPECT_EQ(told(), "n=1");
}

#if TROUPE_EXCEPTIONS
TEST_F(PoolTest, ADurationThatThrowsFailsItsJob) {
  const Pool pool = Pool::without_threads(
      [](std::uint64_t job) {
        if (job == 1) throw std::runtime_error("no script");
        return 1s;
      },
      {.threads = 1});
  for (int n = 0; n < 3; ++n)
    offload(rt, pool, &same, ret_do([](const Reply<int>& reply) {
              say(reply ? std::to_string(*reply) : reply.error().text());
            }),
            n);
  run_virtual(rt);
  EXPECT_EQ(told(), "0 failed: no script 2");
}
#endif

TEST_F(PoolTest, AnItemOfVirtualTimeThatItsRuntimeNeverRuns) {
  const Pool pool = Pool::without_threads(10s, {.threads = 1});
  {
    Runtime short_lived;
    for (int n = 0; n < 3; ++n) offload(short_lived, pool, &same, tell_int("n"), n);
    offload(rt, pool, &same, tell_int("mine"), 7);
  }
  EXPECT_EQ(told(), "n!runtime ended n!runtime ended n!runtime ended");
  run_virtual(rt);
  EXPECT_EQ(told(), "mine=7");
}

}  // namespace pool_test
}  // namespace troupe
