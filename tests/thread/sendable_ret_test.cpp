// thread/sendable_ret_test.cpp: a Ret and a Fwd in the hands of another thread.
#include <troupe/thread/sendable_ret.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/thread/channel.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace sendable_ret_test {

using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

class SendableRetTest : public troupe_test::OneRuntimeTest {
 protected:
  SendableRetTest() {
    rt.set_poll_waker([] {});
  }
};

TEST_F(SendableRetTest, AnotherThreadAnswers) {
  std::thread([ret = sendable(rt, tell_int("got"))]() mutable { ret(42); }).join();
  rt.run();
  EXPECT_EQ(told(), "got=42");
  EXPECT_EQ(rt.live_rets(), 0u);
}

TEST_F(SendableRetTest, ADroppedOneIsLost) {
  std::thread([ret = sendable(
                   rt, ret_do([](Reply<int> reply) { say(to_string(reply.error().why())); }))] {
  }).join();
  rt.run();
  EXPECT_EQ(told(), "lost");
}

TEST_F(SendableRetTest, ValuesAreMoved) {
  auto ret = sendable(rt, ret_do([](Reply<std::tuple<std::unique_ptr<int>, int>> reply) {
                        say("", *std::get<0>(*reply) + std::get<1>(*reply));
                      }));
  ret(std::make_unique<int>(40), 2);
  EXPECT_FALSE(ret);
  rt.run();
  EXPECT_EQ(told(), "42");
}

TEST_F(SendableRetTest, AFwdTakesFromAnyThread) {
  auto sender = sendable(rt, Fwd<int>(fwd_do([](int n) { say("", n); })));
  std::thread([sender] {
    sender.send(1);
    sender.send(2);
  }).join();
  rt.run();
  EXPECT_EQ(told(), "1 2");
}

TEST(SendableRetAlone, OutlivesItsRuntime) {
  SendableRet<std::shared_ptr<int>> answers, drops;
  const auto item = std::make_shared<int>(1);
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    const auto hears = [] {
      return ret_do([](Reply<std::shared_ptr<int>> reply) { say(to_string(reply.error().why())); });
    };
    answers = sendable(rt, hears());
    drops = sendable(rt, hears());
  }
  EXPECT_EQ(told(), "runtime ended runtime ended");
  answers(item);
  EXPECT_EQ(item.use_count(), 1);
}

TEST(SendableRetAlone, AnsweredWhileItsRuntimeEnds) {
  for (int n = 0; n < 200; ++n) {
    std::atomic<bool> go{false};
    int heard = 0;
    std::thread other;
    {
      Runtime rt;
      rt.set_poll_waker([] {});
      other = std::thread([&go, ret = sendable(rt, ret_do(unsafe_capture([&heard](Reply<int>) {
                                                 ++heard;
                                               })))]() mutable {
        while (!go) {}
        ret(1);
      });
      go = true;
      if (n % 2) rt.run();
    }
    other.join();
    EXPECT_EQ(heard, 1);
  }
}

}  // namespace sendable_ret_test
}  // namespace troupe
