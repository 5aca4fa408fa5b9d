// thread/thread_channel_test.cpp: channels to a thread without a runtime, and waiting at several.
#include <troupe/thread/thread_channel.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/interleave.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace thread_channel_test {

using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

TEST(ThreadChannel, ItemsComeInOrderAndThenTheEnd) {
  auto [sender, receiver] = thread_channel<int>();
  for (int i = 1; i <= 1000; ++i) EXPECT_TRUE(sender.send(i));
  sender = {};
  for (int i = 1; i <= 1000; ++i) EXPECT_EQ(receiver.recv(), i);
  EXPECT_FALSE(receiver.is_over()) << "nobody has looked";
  EXPECT_EQ(receiver.recv(), std::nullopt);
  EXPECT_TRUE(receiver.is_over());
  EXPECT_EQ(receiver.recv(), std::nullopt);
}

TEST(ThreadChannel, AThreadBlocksUntilAnItemComes) {
  auto [sender, receiver] = thread_channel<int>();
  EXPECT_EQ(receiver.try_recv(), std::nullopt);
  std::atomic<int> got{0};
  std::thread thread([&got, own = std::move(receiver)]() mutable {
    for (;;) {
      const auto item = own.recv();
      if (!item) break;
      got += *item;
    }
  });
  for (int i = 1; i <= 100; ++i) {
    EXPECT_TRUE(sender.send(1));
    while (got != i) std::this_thread::yield();
  }
  sender = {};
  thread.join();
  EXPECT_EQ(got, 100);
}

TEST(ThreadChannel, ABoundHoldsUntilItemsAreTaken) {
  auto [sender, receiver] = thread_channel<std::string, BySize>(3);
  EXPECT_EQ(sender.try_send("ab"), Sent::sent);
  EXPECT_EQ(sender.try_send("cd"), Sent::full);
  EXPECT_EQ(receiver.recv(), "ab");
  EXPECT_EQ(sender.try_send("cdefg"), Sent::sent) << "alone, whatever it weighs";
  EXPECT_EQ(sender.try_send("h"), Sent::full);
  EXPECT_EQ(receiver.recv(), "cdefg");
  receiver = {};
  EXPECT_EQ(sender.try_send("i"), Sent::gone);
}

TEST(ThreadChannel, TheReceiverGoesWithWhatWasOnItsWay) {
  const auto item = std::make_shared<int>(1);
  auto [sender, receiver] = thread_channel<std::shared_ptr<int>>();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(sender.send(item));
  EXPECT_EQ(*receiver.recv(), item);
  EXPECT_EQ(item.use_count(), 3);
  receiver = {};
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_FALSE(sender.send(item));
}

Task<int> sends(BoundedSender<int> sender, int n) {
  int sent = 0;
  for (int i = 1; i <= n; ++i) {
    const bool there = co_await sender.send(i);
    if (!there) break;
    ++sent;
  }
  co_return sent;
}
class ThreadChannelTest : public troupe_test::OneRuntimeTest {
 protected:
  ThreadChannelTest() {
    rt.set_poll_waker([] {});
  }
};
TEST_F(ThreadChannelTest, ATaskWaitsUntilTheThreadMakesRoom) {
  auto [sender, receiver] = thread_channel<int>(1);
  spawn(rt, sends, tell_int("sent"), std::move(sender), 3);
  rt.run();
  EXPECT_EQ(receiver.try_recv(), 1);
  EXPECT_EQ(receiver.try_recv(), std::nullopt) << "the task has not run since";
  rt.run();
  EXPECT_EQ(receiver.try_recv(), 2);
  rt.run();
  EXPECT_EQ(told(), "sent=3");
  EXPECT_EQ(receiver.recv(), 3);
  EXPECT_EQ(receiver.recv(), std::nullopt);
}

// ---- several
TEST(WaitAny, TheFirstThatHasSomethingIsNamed) {
  auto [ints, from_ints] = thread_channel<int>();
  auto [texts, from_texts] = thread_channel<std::string>(10);
  EXPECT_EQ(texts.try_send("a"), Sent::sent);
  EXPECT_EQ(wait_any(from_ints, from_texts), 1u);
  EXPECT_TRUE(ints.send(1));
  EXPECT_EQ(wait_any(from_ints, from_texts), 0u);
  EXPECT_EQ(wait_any(from_texts, from_ints), 0u);
  EXPECT_EQ(from_ints.try_recv(), 1);
  ints = {};
  EXPECT_EQ(wait_any(from_ints, from_texts), 0u) << "its end is something, too";
  EXPECT_EQ(from_ints.recv(), std::nullopt);
  ThreadReceiver<int> none;
  EXPECT_EQ(wait_any(none, from_texts), 0u);
}

TEST(WaitAny, WakesForEachOfThem) {
  auto [ints, from_ints] = thread_channel<int>();
  auto [texts, from_texts] = thread_channel<std::string>();
  std::atomic<int> got{0};
  std::thread thread([&got, a = std::move(from_ints), b = std::move(from_texts)]() mutable {
    for (bool over = false; !over;) {
      if (wait_any(a, b) == 0) {
        const auto n = a.recv();
        over = !n;
        got += n.value_or(0);
      } else {
        got += static_cast<int>(b.recv()->size());
      }
    }
  });
  int sent = 0;
  for (int i = 0; i < 200; ++i) {
    if (i % 3)
      EXPECT_TRUE(ints.send(1));
    else
      EXPECT_TRUE(texts.send("x"));
    ++sent;
    while (got != sent) std::this_thread::yield();
  }
  ints = {};
  thread.join();
  EXPECT_EQ(got, 200);
}

}  // namespace thread_channel_test
}  // namespace troupe
