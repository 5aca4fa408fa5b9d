// thread/job_out_test.cpp: virtual time stands still while another thread has a job in hand.
#include <troupe/thread/job_out.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <semaphore>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/sendable_ret.hpp>

#include "support/hears_stderr.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace job_out_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using JobOutTest = troupe_test::OneRuntimeTest;

// An awaitable of another library: a thread of its own resumes whoever awaits it.
struct OnThread {
  explicit OnThread(std::thread& t) noexcept : thread(t) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    thread = std::thread([handle, out = JobOut(*Core::current())] { handle.resume(); });
  }
  void await_resume() const noexcept {}
  std::thread& thread;
};

// Timers that come one behind the other, at once where nothing holds the time.
void tick(Core& core, int left) {
  say("tick");
  if (left > 1) after(core, 1h, &tick, left - 1);
}

TEST_F(JobOutTest, TheHourDoesNotPassBeforeTheThreadHasCome) {
  for (int round = 0; round < 50; ++round) {
    std::thread thread;
    after(rt, 1h, &tick, 2);
    spawn(
        rt,
        [](Borrowed<std::thread> t) -> Task<> {
          co_await OnThread(*t);
          say("resumed");
        },
        ret_nop, unsafe_borrow(thread));
    run_virtual(rt);
    thread.join();
    EXPECT_EQ(told(), "resumed tick tick");
  }
}

TEST_F(JobOutTest, ItHoldsTheLastInstantOfARunToo) {
  std::thread thread([ret = sendable(rt, tell_int("got")), out = JobOut(rt)]() mutable { ret(1); });
  run_virtual(rt, rt.now());
  EXPECT_EQ(told(), "got=1");
  thread.join();
}

TEST_F(JobOutTest, WhatWasSentBeforeItsEndIsThereWhenTimeGoesOn) {
  struct Job {
    JobOut out;
    SendableRet<int> ret;
  };
  for (int round = 0; round < 50; ++round) {
    after(rt, 1h, &tick, 1);
    std::thread thread([job = Job{JobOut(rt), sendable(rt, tell_int("got"))}]() mutable {
      const Job mine = std::move(job);  // its Ret goes unanswered, and first
    });
    run_virtual(rt);
    thread.join();
    EXPECT_EQ(told(), "got!lost tick");
  }
}

TEST_F(JobOutTest, TimeWaitsForTheLastOfSeveral) {
  std::binary_semaphore second(0);
  std::thread first([out = JobOut(rt), ret = sendable(rt, ret_some_do(unsafe_capture([&](int n) {
                                                        say("first=", n);
                                                        second.release();
                                                      })))]() mutable { ret(1); });
  std::thread other([out = JobOut(rt), ret = sendable(rt, tell_int("second")), &second]() mutable {
    second.acquire();
    ret(2);
  });
  after(rt, 1h, &tick, 1);
  run_virtual(rt);
  EXPECT_EQ(told(), "first=1 second=2 tick");
  first.join();
  other.join();
}

TEST_F(JobOutTest, IdleItemsAndQueuedWorkRunMeanwhile) {
  std::binary_semaphore go(0);
  std::thread thread([&go, out = JobOut(rt), ret = sendable(rt, tell_int("got"))]() mutable {
    go.acquire();
    ret(1);
  });
  idle(rt, unsafe_capture([&] {
         say("idle");
         go.release();
       }));
  run_virtual(rt);
  EXPECT_EQ(told(), "idle got=1");
  thread.join();
}

TEST_F(JobOutTest, AShutdownEndsTheWait) {
  JobOut out(rt);
  defer(rt, [](Core& core) { core.shutdown(StopCause::stopped); });
  run_virtual(rt);
  EXPECT_TRUE(rt.shutdown_reason());
  out = JobOut();
  run_virtual(rt);
}

TEST_F(JobOutTest, ReportsCountThem) {
  EXPECT_TRUE(rt.why_alive().nothing());
  JobOut out(rt), moved = std::move(out);
  EXPECT_FALSE(out);  // NOLINT(bugprone-use-after-move): it says nothing now
  EXPECT_TRUE(moved);
  const JobOut other(rt);
  EXPECT_EQ(rt.why_alive().jobs, 2u);
  EXPECT_FALSE(rt.why_alive().nothing());
  EXPECT_NE(rt.why_alive().text().find("2 jobs of other threads"), std::string::npos)
      << rt.why_alive().text();
  moved = JobOut();
  EXPECT_EQ(rt.why_alive().jobs, 2u) << "the runtime has not heard yet";
  rt.run();
  EXPECT_EQ(rt.why_alive().jobs, 1u);
}

TEST_F(JobOutTest, ALongWaitIsSaidOnce) {
  const troupe_test::HearsStderr hears("run_virtual has waited 0.000 s for 1 job(s)");
  rt.set_job_warning(0s);
  std::thread thread([&hears, out = JobOut(rt)] {
    while (hears.count() == 0) std::this_thread::yield();
  });
  run_virtual(rt);
  thread.join();
  EXPECT_EQ(hears.count(), 1u);
}

TEST_F(JobOutTest, AHostWithAWakerIsWokenToo) {
  std::atomic<int> rang{0};
  rt.set_poll_waker([&] { ++rang; });
  std::thread thread([out = JobOut(rt), ret = sendable(rt, tell_int("got"))]() mutable { ret(1); });
  after(rt, 1h, &tick, 1);
  run_virtual(rt);
  thread.join();
  EXPECT_EQ(told(), "got=1 tick");
  EXPECT_GE(rang, 1);
}

TEST(JobOutAlone, MayOutliveItsRuntime) {
  JobOut early, late;
  {
    Runtime rt;
    early = JobOut(rt);
    late = JobOut(rt);
    early = JobOut();
  }
  EXPECT_TRUE(late);
  std::thread([out = std::move(late)] {}).join();
}

TEST(JobOutAlone, LetGoWhileItsRuntimeEnds) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<bool> go{false};
    std::thread thread;
    {
      Runtime rt;
      thread = std::thread([&go, out = JobOut(rt)] {
        while (!go) {}
      });
      go = true;
      if (round % 2) run_virtual(rt);
    }
    thread.join();
  }
}

}  // namespace job_out_test
}  // namespace troupe
