// thread/piped_thread_test.cpp: a thread with a pipe each way: what goes in, what comes out, and
// how it ends.
#include <troupe/thread/piped_thread.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/job_out.hpp>

#include "support/hears_stderr.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace piped_thread_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::tell_int;
using troupe_test::told;

class PipedThreadTest : public troupe_test::OneRuntimeTest {
 protected:
  PipedThreadTest() {
    rt.set_poll_waker([this] { rung_.store(true, std::memory_order_release); });
  }
  void TearDown() override {
    rt.run();  // the threads have gone, and their ends are told
    OneRuntimeTest::TearDown();
  }
  static Fwd<int> says() {
    return fwd_do([](int item) { say("", item); });
  }
  // As a host does: runs when it is rung.
  void run_until(std::string_view last) {
    while (!troupe_test::line().ends_with(last)) {
      if (rung_.exchange(false, std::memory_order_acquire))
        rt.run();
      else
        std::this_thread::yield();
    }
  }
  std::atomic<bool> rung_{false};
};

using Link = PipedLink<int, int>;
void doubles(Link& link) {
  while (const auto item = link.recv())
    if (!link.send(2 * *item)) return;
}

TEST_F(PipedThreadTest, WhatGoesInComesOutAndTheEndBehindIt) {
  PipedThread<int, int> thread(rt, says(), tell_end("end"), &doubles);
  EXPECT_TRUE(thread);
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(thread.try_send(int(i)), Sent::sent);
  run_until("6");
  EXPECT_EQ(thread.try_send(4), Sent::sent);
  thread.close();
  EXPECT_EQ(thread.try_send(5), Sent::gone);
  run_until("stopped");
  EXPECT_EQ(told(), "2 4 6 8 end:stopped");
  rt.run();
  EXPECT_EQ(told(), "") << "the end is told once";
}

TEST_F(PipedThreadTest, TheOwnerThatGoesStopsIt) {
  {
    const PipedThread<int, int> thread(rt, says(), tell_end("end"), &doubles);
    EXPECT_EQ(thread.try_send(1), Sent::sent);
    run_until("2");
  }
  run_until("dropped");
  EXPECT_EQ(told(), "2 end:dropped");
}

TEST_F(PipedThreadTest, AnActorThatEndsTakesItsThreadWithIt) {
  class Owner {
   public:
    explicit Owner(Cx<Owner>& cx)
        : thread_(cx, fwd_to<&Owner::got>(cx), tell_end("thread"), &doubles) {
      (void)thread_.try_send(21);
    }
    void got(Cx<Owner>& cx, int item) {
      say("", item);
      cx.stop();
    }

   private:
    PipedThread<int, int> thread_;
  };
  const auto owner = make_actor<Owner>(rt, tell_end("actor"));
  run_until("thread:dropped");
  EXPECT_EQ(told(), "42 actor:stopped thread:dropped");
}

struct Held {  // a thread that does not look whether it is to stop
  std::atomic<bool> let_go{false};
  static void works(Link&, Borrowed<Held> held) {
    while (!held->let_go) std::this_thread::yield();
  }
};

TEST_F(PipedThreadTest, AThreadThatHoldsUpItsRuntimeIsToldOnceInTheLog) {
  Held held;
  rt.set_logger(LogLevel::error, unsafe_capture([&held](Core&, const LogRecord& record) {
                  say(record.text);
                  held.let_go = true;
                }));
  rt.set_job_warning(0s);
  {
    const PipedThread<int, int> thread(rt, says(), tell_end("end"), &Held::works,
                                       unsafe_borrow(held));
  }
  run_until("dropped");
  EXPECT_EQ(told(),
            "a PipedThread was asked to stop and goes on: whoever destroys it waits for it "
            "end:dropped");
}

TEST_F(PipedThreadTest, OneThatReturnsInTimeIsNotTold) {
  rt.set_logger(LogLevel::error, [](Core&, const LogRecord& record) { say(record.text); });
  rt.set_job_warning(1h);
  { const PipedThread<int, int> thread(rt, says(), tell_end("end"), &doubles); }
  run_until("dropped");
  EXPECT_EQ(told(), "end:dropped");
}

TEST(PipedThreadThatOutlivesItsRuntime, WhatItHoldsUpIsToldOnStderr) {
  const troupe_test::HearsStderr hears("a PipedThread was asked to stop and goes on");
  Held held;
  PipedThread<int, int> thread;
  {
    Runtime rt;
    rt.set_job_warning(0s);
    thread = PipedThread<int, int>(rt, fwd_nop, ret_nop, &Held::works, unsafe_borrow(held));
  }
  std::thread other([&] {
    while (hears.count() == 0) std::this_thread::yield();
    held.let_go = true;
  });
  thread = {};
  other.join();
  EXPECT_EQ(hears.count(), 1u);
}

TEST_F(PipedThreadTest, AThreadThatReturnsHasEnded) {
  PipedThread<int, int> thread(rt, says(), tell_end("end"), [](Link& link) {
    EXPECT_EQ(link.recv(), 1);
    EXPECT_TRUE(link.send(10));
  });
  EXPECT_EQ(thread.try_send(1), Sent::sent);
  run_until("stopped");
  EXPECT_EQ(told(), "10 end:stopped");
  EXPECT_EQ(thread.try_send(2), Sent::gone);
}

TEST_F(PipedThreadTest, OneThatOnlyGenerates) {
  const PipedThread<int, int> thread(
      rt, says(), tell_end("end"),
      [](Link& link, int n) {
        for (int i = 1; i <= n; ++i) EXPECT_TRUE(link.send(std::move(i)));
      },
      10);
  run_until("stopped");
  EXPECT_EQ(told(), "1 2 3 4 5 6 7 8 9 10 end:stopped");
}

TEST_F(PipedThreadTest, OneThatOnlyTakes) {
  std::string taken;
  PipedThread<int, int> thread(rt, fwd_nop, tell_end("end"), unsafe_capture([&taken](Link& link) {
                                 while (const auto item = link.recv())
                                   taken += std::to_string(*item) + " ";
                               }));
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(thread.try_send(int(i)), Sent::sent);
  thread.close();
  run_until("stopped");
  EXPECT_EQ(taken, "1 2 3 4 5 ");
  told();
}

#if TROUPE_EXCEPTIONS
TEST_F(PipedThreadTest, AnExceptionIsCarriedOver) {
  Error error;
  const PipedThread<int, int> thread(rt, says(),
                                     ret_do(unsafe_capture([&error](Reply<StopCause> cause) {
                                       EXPECT_EQ(*cause, StopCause::failed);
                                       error = cause->error();
                                       say("end");
                                     })),
                                     [](Link& link) {
                                       EXPECT_TRUE(link.send(1));
                                       throw std::out_of_range("far away");
                                     });
  run_until("end");
  EXPECT_EQ(told(), "1 end");
  EXPECT_EQ(error.text(), "far away");
  EXPECT_THROW(std::rethrow_exception(error.exception()), std::out_of_range);
}

TEST_F(PipedThreadTest, WhateverIsThrownIsAnEnd) {
  const PipedThread<int, int> thread(rt, says(), tell_end("end"), [](Link&) { throw 5; });
  run_until(")");
  EXPECT_EQ(told(), "end:failed(unknown exception)");
}
#endif

TEST_F(PipedThreadTest, WhatAThreadWasGivenDiesBeforeItsEndIsTold) {
  const PipedThread<int, int> thread(
      rt, says(), tell_end("end"), [](Link&, const SendableRet<int>&) {},
      sendable(rt, tell_int("ret")));
  run_until("stopped");
  EXPECT_EQ(told(), "ret!lost end:stopped");
}

// ---- stop
TEST_F(PipedThreadTest, StopIsNotWaitedForAndWhatWasSentStillComes) {
  std::binary_semaphore sent{0}, stopped{0};
  PipedThread<int, int> thread(rt, says(), tell_end("end"), unsafe_capture([&](Link& link) {
                                 EXPECT_TRUE(link.send(1));
                                 EXPECT_TRUE(link.send(2));
                                 EXPECT_FALSE(link.stop_requested());
                                 sent.release();
                                 stopped.acquire();
                                 EXPECT_TRUE(link.stop_requested());
                                 EXPECT_FALSE(link.send(3));
                                 EXPECT_EQ(link.try_send(4), Sent::gone);
                                 EXPECT_EQ(link.recv(), std::nullopt) << "though one waits";
                                 EXPECT_EQ(link.try_recv(), std::nullopt);
                               }));
  EXPECT_EQ(thread.try_send(5), Sent::sent);
  sent.acquire();
  thread.stop();
  EXPECT_EQ(thread.try_send(6), Sent::gone);
  stopped.release();
  run_until("dropped");
  EXPECT_EQ(told(), "1 2 end:dropped");
  thread.stop();
  thread = {};  // nothing to wait for
  EXPECT_FALSE(thread);
}

TEST_F(PipedThreadTest, StopEndsEachWait) {
  for (int n = 0; n < 200; ++n) {
    std::atomic<bool> begun{false};
    PipedThread<int, int> takes(rt, fwd_nop, ret_nop, unsafe_capture([&begun](Link& link) {
                                  begun = true;
                                  EXPECT_EQ(link.recv(), std::nullopt);
                                }));
    PipedThread<int, int> gives(rt, PipeBounds{.in = 1, .out = 1}, fwd_nop, ret_nop,
                                [](Link& link) {
                                  while (link.send(1)) {}
                                });
    if (n % 2)
      while (!begun) {}
    if (n % 3) std::this_thread::yield();
  }
  rt.run();
}

#if defined(__cpp_lib_jthread)
TEST_F(PipedThreadTest, ATokenOfTheStandardLibraryFollows) {
  std::atomic<bool> called{false};
  std::binary_semaphore waits{0};
  PipedThread<int, int> thread(rt, says(), tell_end("end"), unsafe_capture([&](Link& link) {
                                 const std::stop_token token = link.stop_token();
                                 const std::stop_callback on_stop(token, [&] { called = true; });
                                 waits.release();
                                 while (!token.stop_requested()) std::this_thread::yield();
                                 EXPECT_TRUE(link.stop_requested());
                               }));
  waits.acquire();
  thread.stop();
  EXPECT_TRUE(called);
  run_until("dropped");
  EXPECT_EQ(told(), "end:dropped");
}
#endif

// ---- bounds
TEST_F(PipedThreadTest, TheBoundsHold) {
  std::binary_semaphore go{0};
  std::atomic<int> given{0};
  PipedThread<int, int> thread(rt, PipeBounds{.in = 2, .out = 3}, says(), tell_end("end"),
                               unsafe_capture([&](Link& link) {
                                 go.acquire();
                                 while (link.try_send(7) == Sent::sent) ++given;
                                 EXPECT_EQ(link.try_send(7), Sent::full);
                                 go.acquire();
                                 EXPECT_EQ(link.recv(), 1);
                                 EXPECT_TRUE(link.send(8)) << "it waits for room";
                                 while (link.recv()) {}
                               }));
  EXPECT_EQ(thread.try_send(1), Sent::sent);
  EXPECT_EQ(thread.try_send(2), Sent::sent);
  EXPECT_EQ(thread.try_send(3), Sent::full);
  thread.sender().tell_room(sendable(rt, ret_do([](const Reply<>&) { say("room"); })));
  go.release();
  while (given != 3) std::this_thread::yield();
  go.release();
  run_until("8");
  while (troupe_test::line().find("room") == std::string::npos) rt.run();
  std::string heard = told();
  heard.erase(heard.find("room"), 5);  // at any moment
  EXPECT_EQ(heard, "7 7 7 8");
  EXPECT_EQ(thread.try_send(4), Sent::sent);
}

Task<int> feeds(BoundedSender<int> sender, int n) {
  int sent = 0;
  for (int i = 1; i <= n; ++i) {
    const bool there = co_await sender.send(i);
    if (!there) break;
    ++sent;
  }
  co_return sent;
}
TEST_F(PipedThreadTest, ATaskSendsAsTheThreadTakes) {
  PipedThread<int, int> thread(rt, PipeBounds{.in = 1, .out = 1}, fwd_nop, tell_end("end"),
                               &doubles);
  spawn(rt, feeds, tell_int("sent"), thread.sender(), 100);
  thread.close();
  run_until("stopped");
  EXPECT_EQ(told(), "sent=100 end:stopped");
}

// ---- several inputs
TEST_F(PipedThreadTest, ItWaitsForItsPipeAndForAnotherChannel) {
  auto [texts, from_texts] = thread_channel<std::string>();
  PipedThread<int, int> thread(
      rt, says(), tell_end("end"),
      [](Link& link, ThreadReceiver<std::string> other) {
        for (;;) {
          if (wait_any(link, other) == 0) {
            const auto item = link.recv();
            if (!item) return;
            (void)link.send(int(*item));
          } else {
            (void)link.send(-static_cast<int>(other.recv()->size()));
          }
        }
      },
      std::move(from_texts));
  EXPECT_EQ(thread.try_send(1), Sent::sent);
  run_until("1");
  EXPECT_TRUE(texts.send("four"));
  run_until("-4");
  EXPECT_EQ(thread.try_send(2), Sent::sent);
  run_until("2");
  thread.stop();
  run_until("dropped");
  EXPECT_EQ(told(), "1 -4 2 end:dropped");
  EXPECT_FALSE(texts.send("gone"));
}

// ---- ends
TEST_F(PipedThreadTest, MovesAndIsEmpty) {
  PipedThread<int, int> none;
  EXPECT_FALSE(none);
  none.stop();
  none.close();
  EXPECT_EQ(none.try_send(1), Sent::gone);
  PipedThread<int, int> one(rt, says(), tell_end("one"), &doubles);
  PipedThread<int, int> two(rt, says(), tell_end("two"), &doubles);
  one = std::move(two);  // the thread that was there is stopped
  run_until("one:dropped");
  EXPECT_EQ(one.try_send(1), Sent::sent);
  run_until("2");
  const PipedThread<int, int> three = std::move(one);
  EXPECT_EQ(three.try_send(2), Sent::sent);
  run_until("4");
  EXPECT_EQ(told(), "one:dropped 2 4");
}

using PipedThreadAlone = troupe_test::RecordedTest;

TEST_F(PipedThreadAlone, TheRuntimeEndsFirst) {
  const auto item = std::make_shared<int>(1);
  using Items = PipedLink<std::shared_ptr<int>, std::shared_ptr<int>>;
  PipedThread<std::shared_ptr<int>, std::shared_ptr<int>> thread;
  std::atomic<bool> sent{false}, ended{false};
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    thread = PipedThread<std::shared_ptr<int>, std::shared_ptr<int>>(
        rt, fwd_do([](const std::shared_ptr<int>&) { say("no"); }), tell_end("end"),
        unsafe_capture([&](Items& link) {
          auto got = link.recv();
          EXPECT_TRUE(link.send(std::shared_ptr(*got)));
          sent = true;
          while (!ended) std::this_thread::yield();
          EXPECT_FALSE(link.send(std::move(*got)));
          EXPECT_EQ(link.recv(), std::nullopt) << "the owner goes";
        }));
    EXPECT_EQ(thread.try_send(std::shared_ptr(item)), Sent::sent);
    while (!sent) std::this_thread::yield();
  }
  EXPECT_EQ(told(), "end!runtime ended");
  ended = true;
  thread = {};
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_EQ(told(), "");
}

// An item that is sent while the thread is about to sleep, again and again: its wake is not lost.
TEST_F(PipedThreadTest, NoWakeIsLostEitherWay) {
  PipedThread<int, int> thread(rt, says(), tell_end("end"), &doubles);
  for (int i = 0; i < 3000; ++i) {
    EXPECT_EQ(thread.try_send(1), Sent::sent);
    run_until("2");
    told();
  }
}

struct Request {
  int number;
  JobOut out;  // dies behind the answer
};
TEST_F(PipedThreadTest, VirtualTimeWaitsForItemsThatSaySo) {
  using ByRequest = PipedLink<Request, int>;
  const PipedThread<Request, int> thread(rt, says(), ret_nop, [](ByRequest& link) {
    while (const auto request = link.recv()) (void)link.send(2 * request->number);
  });
  const auto begin = rt.now();
  after(rt, 1h, [](Core&) { say("hour"); });
  EXPECT_EQ(thread.try_send({21, JobOut(rt)}), Sent::sent);
  run_virtual(rt);
  EXPECT_EQ(told(), "42 hour");
  EXPECT_GE(rt.now() - begin, 1h);
}

}  // namespace piped_thread_test
}  // namespace troupe
