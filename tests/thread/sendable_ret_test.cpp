// thread/sendable_ret_test.cpp: a Ret and a Fwd in the hands of another thread.
#include <troupe/thread/sendable_ret.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
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

TEST_F(SendableRetTest, AnotherThreadFailsItWithItsWords) {
  std::thread([ret = sendable(rt, ret_do([](Reply<int> reply) {
                                say(to_string(reply.error().why()), "/");
                                say(reply.error().error().text());
                              }))]() mutable {
    ret.fail(ActorFail(Why::failed, Error("the disk is full")));
    EXPECT_FALSE(ret);
  }).join();
  rt.run();
  EXPECT_EQ(told(), "failed/ the disk is full");
}

#if TROUPE_EXCEPTIONS
TEST_F(SendableRetTest, AnotherThreadFailsItWithAnException) {
  std::thread([ret = sendable(rt, ret_do([](Reply<int> reply) {
                                try {
                                  std::rethrow_exception(reply.error().error().exception());
                                } catch (const std::out_of_range& e) {
                                  say(e.what());
                                }
                              }))]() mutable {
    ret.fail(ActorFail(Why::failed, Error(std::make_exception_ptr(std::out_of_range("far")))));
  }).join();
  rt.run();
  EXPECT_EQ(told(), "far");
}
#endif

using SendableRetDeathTest = troupe_test::RecordedTest;

TEST_F(SendableRetDeathTest, IsAnsweredOnce) {
  Runtime rt;
  auto ret = sendable(rt, tell_int("got"));
  ret(1);
  EXPECT_DEATH(ret.fail(ActorFail(Why::lost)), "SendableRet<int>");
  rt.run();
  EXPECT_EQ(told(), "got=1");
}

Task<> waits(Core& core, Ret<SendableRet<int>> out) {
  auto [value, ret] = push_pipe<int>(core);
  out(sendable(core, std::move(ret)));
  say("", co_await value);
}
TEST_F(SendableRetTest, AThreadAsksWhetherItsAnswerIsWanted) {
  SendableRet<int> ret;
  TaskRef task = spawn(
      rt, waits, ret_nop,
      ret_do(unsafe_capture([&ret](Reply<SendableRet<int>> made) { ret = std::move(*made); })));
  rt.run();
  const auto asks = [&ret] {
    bool wanted = false;
    std::thread([&] { wanted = ret.is_wanted(); }).join();
    return wanted;
  };
  EXPECT_TRUE(asks());
  rt.run();
  EXPECT_TRUE(asks());
  rt.run();
  task.cancel();
  EXPECT_TRUE(asks()) << "as the runtime said before";
  rt.run();
  EXPECT_FALSE(asks());
  EXPECT_TRUE(ret) << "it owes its answer all the same";
  ret(1);
  EXPECT_FALSE(ret.is_wanted());
  rt.run();
  EXPECT_EQ(told(), "");
}

class Asker {
 public:
  explicit Asker(Cx<Asker>&) {}
  void got(Cx<Asker>&, Reply<int> reply) { say("got", reply.value_or(-1)); }
  void ask(Cx<Asker>& cx, Ret<SendableRet<int>> out) { out(sendable(cx, ret_to<&Asker::got>(cx))); }
};
TEST_F(SendableRetTest, OfAnActorThatHasEndedIsNotWanted) {
  SendableRet<int> ret, other;
  auto actor = make_actor<Asker>(rt, ret_nop);
  for (SendableRet<int>* out : {&ret, &other})
    call<&Asker::ask>(
        actor,
        ret_do(unsafe_capture([out](Reply<SendableRet<int>> made) { *out = std::move(*made); })));
  rt.run();
  EXPECT_TRUE(ret.is_wanted());
  other.is_wanted();
  other(5);  // an answer that comes with a question
  rt.run();
  EXPECT_EQ(told(), "got5");
  EXPECT_TRUE(ret.is_wanted());
  actor = {};
  rt.run();
  EXPECT_TRUE(ret.is_wanted()) << "the question before was taken ahead of the end";
  rt.run();
  EXPECT_FALSE(ret.is_wanted());
  ret = {};
  rt.run();
  EXPECT_EQ(told(), "");
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
    (void)sender.send(1);
    (void)sender.send(2);
  }).join();
  rt.run();
  EXPECT_EQ(told(), "1 2");
}

using SendableRetAlone = troupe_test::RecordedTest;

TEST_F(SendableRetAlone, OutlivesItsRuntime) {
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
  EXPECT_FALSE(answers.is_wanted());
  answers(item);
  EXPECT_EQ(item.use_count(), 1);
}

TEST_F(SendableRetAlone, AnsweredWhileItsRuntimeEnds) {
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
