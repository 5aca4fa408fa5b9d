// thread/channel_test.cpp: channels to an actor and to a task: order, bounds, and the end of either
// side.
#include <troupe/thread/channel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace channel_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

class ChannelTest : public troupe_test::OneRuntimeTest {
 protected:
  ChannelTest() {
    rt.set_poll_waker([this] { rang_.fetch_add(1); });
  }
  static Fwd<std::optional<int>> says() {
    return fwd_do([](std::optional<int> item) {
      if (item)
        say("", *item);
      else
        say("end");
    });
  }
  int rang() { return rang_.exchange(0); }
  std::atomic<int> rang_{0};
};

TEST_F(ChannelTest, ItemsComeInOrderWithOneWake) {
  auto [sender, receiver] = channel<int>(rt, says());
  std::thread([sender] {
    for (int i = 1; i <= 3; ++i) EXPECT_TRUE(sender.send(i));
  }).join();
  EXPECT_EQ(rang(), 1);
  rt.run();
  EXPECT_EQ(told(), "1 2 3");
  EXPECT_TRUE(sender.send(4));
  rt.run();
  EXPECT_EQ(told(), "4");
}

TEST_F(ChannelTest, ASpanGoesAtOnce) {
  auto [sender, receiver] = channel<int>(rt, says());
  int items[] = {1, 2, 3};
  EXPECT_TRUE(sender.send(std::span(items)));
  EXPECT_TRUE(sender.send(std::span<int>()));
  rt.run();
  EXPECT_EQ(told(), "1 2 3");
}

TEST_F(ChannelTest, TheLastSenderThatGoesIsTheEnd) {
  auto [sender, receiver] = channel<int>(rt, says());
  {
    const Sender<int> one = std::move(sender);
    const Sender<int> two = one;
    EXPECT_TRUE(two.send(1));
    EXPECT_FALSE(sender.send(5));  // NOLINT(bugprone-use-after-move): it has no channel now
  }
  rt.run();
  EXPECT_EQ(told(), "1 end");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ChannelTest, SendersHearThatTheReceiverHasGone) {
  auto [sender, receiver] = channel<std::shared_ptr<int>>(
      rt, fwd_do([](std::optional<std::shared_ptr<int>>) { say("no"); }));
  const auto item = std::make_shared<int>(1);
  EXPECT_TRUE(sender.send(item));
  EXPECT_EQ(item.use_count(), 2);
  receiver = {};
  EXPECT_EQ(item.use_count(), 1) << "what was on its way dies with the receiver";
  EXPECT_FALSE(sender.send(item));
  EXPECT_EQ(item.use_count(), 1);
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ChannelTest, TheReceiverMayGoInTheMiddle) {
  auto made = channel<int>(rt, {});
  auto all = channel<int>(rt, fwd_do(unsafe_capture([&made](std::optional<int> item) {
                            say("", item.value_or(-1));
                            if (item == 2) made.receiver = {};
                          })));
  std::swap(made, all);
  for (int i = 1; i <= 5; ++i) (void)made.sender.send(i);
  rt.run();
  EXPECT_EQ(told(), "1 2") << "and nothing, not even an end, behind it";
  EXPECT_FALSE(made.sender.send(6));
}

TEST_F(ChannelTest, BehindACloseComesNoEnd) {
  auto made = channel<int>(rt, {});
  made = channel<int>(rt, fwd_do(unsafe_capture([&made](std::optional<int> item) {
                        say("", item.value_or(-1));
                        made.receiver = {};
                      })));
  (void)made.sender.send(1);
  made.sender = {};
  rt.run();
  EXPECT_EQ(told(), "1");
}

TEST_F(ChannelTest, BothEndsGoWhileARecordIsQueued) {
  auto [sender, receiver] = channel<int>(rt, says());
  (void)sender.send(1);
  rt.poll_wake();
  receiver = {};
  sender = {};
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ChannelTest, BothEndsGoWhileItIsInTheInbox) {
  auto [sender, receiver] = channel<int>(rt, says());
  (void)sender.send(1);
  receiver = {};
  sender = {};
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(ChannelTest, OneRecordDeliversASliceAndTheNextComesBehind) {
  auto [sender, receiver] = channel<int>(rt, fwd_do([](std::optional<int> item) {
                                           if (item && *item % 256 == 0) say("", *item);
                                         }));
  for (int i = 1; i <= 600; ++i) (void)sender.send(i);
  rt.poll_wake();
  defer(rt, [](Core&) { say("between"); });
  rt.run();
  EXPECT_EQ(told(), "256 between 512");
}

class Taker {
 public:
  explicit Taker(Cx<Taker>&) {}
  void take(Cx<Taker>&, std::optional<int> item) { say(item ? "took" : "end", item.value_or(0)); }
};
TEST_F(ChannelTest, AnActorReceives) {
  auto actor = make_actor<Taker>(rt, ret_nop);
  auto [sender, receiver] = channel<int>(rt, fwd_to<&Taker::take>(actor));
  (void)sender.send(7);
  sender = {};
  rt.run();
  EXPECT_EQ(told(), "took7 end0");
}

// ---- bounds
TEST_F(ChannelTest, ABoundHolds) {
  auto [sender, receiver] = channel<int>(rt, says(), 2);
  EXPECT_EQ(sender.try_send(1), Sent::sent);
  EXPECT_EQ(sender.try_send(2), Sent::sent);
  EXPECT_EQ(sender.try_send(3), Sent::full);
  rt.run();
  EXPECT_EQ(told(), "1 2");
  int items[] = {4, 5, 6};
  EXPECT_EQ(sender.try_send(std::span(items)), 2u);
  rt.run();
  EXPECT_EQ(told(), "4 5");
  receiver = {};
  EXPECT_EQ(sender.try_send(7), Sent::gone);
  EXPECT_EQ(sender.try_send(std::span(items)), 0u);
}

TEST_F(ChannelTest, WhatIsNotSentStays) {
  auto [sender, receiver] =
      channel<std::unique_ptr<int>>(rt, fwd_do([](std::optional<std::unique_ptr<int>>) {}), 1);
  EXPECT_EQ(sender.try_send(std::make_unique<int>(1)), Sent::sent);
  auto item = std::make_unique<int>(2);
  EXPECT_EQ(sender.try_send(std::move(item)), Sent::full);
  EXPECT_TRUE(item);  // NOLINT(bugprone-use-after-move): it was not sent
}

TEST_F(ChannelTest, RoomIsTold) {
  auto [sender, receiver] = channel<int>(rt, says(), 1);
  const auto says_room = [](const char* what) {
    return ret_do([](std::string w, Reply<> r) { say(w + (r ? "" : " lost")); }, std::string(what));
  };
  sender.tell_room(sendable(rt, says_room("at once")));
  run_virtual(rt);
  EXPECT_EQ(told(), "at once");
  EXPECT_EQ(sender.try_send(1), Sent::sent);
  sender.tell_room(sendable(rt, says_room("first")));
  sender.tell_room(sendable(rt, says_room("second")));
  const auto other = sender;
  other.tell_room(sendable(rt, says_room("other")));
  run_virtual(rt);
  EXPECT_EQ(told(), "first lost 1 second other");
  EXPECT_EQ(sender.try_send(2), Sent::sent);
  sender.tell_room(sendable(rt, says_room("gone")));
  receiver = {};
  run_virtual(rt);
  EXPECT_EQ(told(), "gone");
  sender.tell_room(sendable(rt, says_room("still")));
  run_virtual(rt);
  EXPECT_EQ(told(), "still");
}

// ---- a bound on what the items weigh
Fwd<std::optional<std::string>> says_text() {
  return fwd_do([](std::optional<std::string> item) { say(item ? *item : "end"); });
}
TEST_F(ChannelTest, ABoundIsANumberOfBytes) {
  auto [sender, receiver] = channel<std::string, BySize>(rt, says_text(), 5);
  EXPECT_EQ(sender.try_send("abc"), Sent::sent);
  EXPECT_EQ(sender.try_send("def"), Sent::full);
  EXPECT_EQ(sender.try_send("de"), Sent::sent);
  EXPECT_EQ(sender.try_send(""), Sent::full) << "nothing weighs nothing";
  rt.run();
  EXPECT_EQ(told(), "abc de");
  EXPECT_EQ(sender.try_send("ghijkl"), Sent::sent) << "too heavy, and so alone";
  EXPECT_EQ(sender.try_send("m"), Sent::full);
  rt.run();
  std::string many[] = {"n", "op", "qrs", "t"};
  EXPECT_EQ(sender.try_send(std::span(many)), 2u) << "in order: none goes ahead of a heavy one";
  rt.run();
  EXPECT_EQ(told(), "ghijkl n op");
  EXPECT_EQ(many[2], "qrs");
}

TEST_F(ChannelTest, AnItemWeighsWhatItWeighedWhenItWasSent) {
  struct Shared {  // its text changes while it waits
    std::shared_ptr<std::string> text;
    std::size_t size() const noexcept { return text->size(); }
  };
  auto [sender, receiver] =
      channel<Shared, BySize>(rt, fwd_do([](std::optional<Shared>) { say("got"); }), 4);
  const auto text = std::make_shared<std::string>("abcd");
  EXPECT_EQ(sender.try_send(Shared{text}), Sent::sent);
  text->clear();
  EXPECT_EQ(sender.try_send(Shared{text}), Sent::full);
  *text = "ab";
  rt.run();
  *text = "efgh";
  EXPECT_EQ(sender.try_send(Shared{text}), Sent::sent);
  rt.run();
  EXPECT_EQ(told(), "got got");
}

TEST_F(ChannelTest, RoomIsToldToThoseWhoseItemsFit) {
  auto [light, receiver] = channel<std::string, BySize>(rt, says_text(), 600);
  const auto heavy = light, heaviest = light;
  const auto says_room = [](const char* what) {
    return ret_do([](std::string w, Reply<> r) { say(w + (r ? "" : " lost")); }, std::string(what));
  };
  for (int i = 0; i < 600; ++i) EXPECT_EQ(light.try_send("."), Sent::sent);
  heavy.tell_room(sendable(rt, says_room("heavy")), 300);
  light.tell_room(sendable(rt, says_room("light")));
  heaviest.tell_room(sendable(rt, says_room("heaviest")), 10'000);
  rt.poll_wake();
  std::string heard;
  for (int slice = 0; slice != 3; ++slice) {  // of 256 items: what waits weighs 344, 88, 0 then
    rt.run_one();
    told();
    rt.poll_wake();
    heard += told() + ";";
  }
  EXPECT_EQ(heard, "light;heavy;heaviest;");
}

Task<bool> sends_text(BoundedSender<std::string, BySize> sender, std::string text) {
  const bool there = co_await sender.send(std::move(text));
  co_return there;
}
TEST_F(ChannelTest, ATaskAndAThreadWaitForTheRoomThatTheyNeed) {
  auto [sender, receiver] = channel<std::string, BySize>(rt, says_text(), 4);
  EXPECT_EQ(sender.try_send("abc"), Sent::sent);
  spawn(rt, sends_text, ret_do([](Reply<bool> there) { say(*there ? "sent" : "gone"); }), sender,
        "defg");
  run_virtual(rt);
  EXPECT_EQ(told(), "abc sent defg");
  EXPECT_EQ(sender.try_send("hij"), Sent::sent);
  std::atomic<bool> ends{false};
  std::thread thread([&ends, own = sender] {
    EXPECT_TRUE(own.send_blocking("klmnop"));
    ends = true;
  });
  while (!ends) rt.run();
  thread.join();
  rt.run();
  EXPECT_EQ(told(), "hij klmnop");
}

TEST_F(ChannelTest, AStreamHoldsNoMoreThanTheBoundOnTheReadersSide) {
  auto [sender, stream] = channel_stream<std::string, BySize>(rt, 6);
  EXPECT_EQ(sender.try_send("abcdef"), Sent::sent);
  EXPECT_EQ(sender.try_send("g"), Sent::full);
  TaskRef task = spawn(
      rt,
      [](PipeStream<std::string> s) -> Task<> {
        for (;;) {
          const auto item = co_await s.next();
          if (!item) break;
          say(*item);
        }
      },
      ret_nop, std::move(stream));
  rt.run();
  EXPECT_EQ(told(), "abcdef");
  EXPECT_EQ(sender.try_send("ghi"), Sent::sent);
  EXPECT_EQ(sender.try_send("jkl"), Sent::sent);
  EXPECT_EQ(sender.try_send("m"), Sent::full);
  rt.run();
  EXPECT_EQ(told(), "ghi jkl");
  task.cancel();
  rt.run();
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
TEST_F(ChannelTest, ATaskWaitsForRoom) {
  auto [sender, receiver] = channel<int>(rt, says(), 2);
  spawn(rt, sends, tell_int("sent"), std::move(sender), 5);
  run_virtual(rt);
  EXPECT_EQ(told(), "1 2 3 4 sent=5 5 end");
}

TEST_F(ChannelTest, ATaskThatWaitsForRoomHearsThatTheReceiverHasGone) {
  auto [sender, receiver] = channel<int>(rt, says(), 2);
  spawn(rt, sends, tell_int("sent"), std::move(sender), 5);
  rt.run_one();  // it waits
  receiver = {};
  run_virtual(rt);
  EXPECT_EQ(told(), "sent=2");
}

TEST_F(ChannelTest, ATaskThatWaitsForRoomIsCancelled) {
  auto [sender, receiver] = channel<int>(rt, says(), 2);
  TaskRef task = spawn(rt, sends, ret_nop, std::move(sender), 5);
  rt.run_one();
  task.cancel();
  run_virtual(rt);
  EXPECT_EQ(told(), "1 2 end");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

TEST_F(ChannelTest, AThreadBlocksForRoom) {
  auto [sender, receiver] = channel<int>(rt, fwd_do([](std::optional<int> item) {
                                           if (!item) say("end");
                                         }),
                                         4);
  std::atomic<bool> ends{false};
  std::thread thread([&ends, own = std::move(sender)]() mutable {
    int sent = 0;
    while (sent != 1000 && own.send_blocking(sent)) ++sent;
    EXPECT_EQ(sent, 1000);
    own = {};
    ends = true;
  });
  while (!ends) rt.run();
  thread.join();
  rt.run();
  EXPECT_EQ(told(), "end");
}

TEST_F(ChannelTest, AThreadThatBlocksForRoomHearsThatTheReceiverHasGone) {
  for (int n = 0; n < 50; ++n) {
    auto [sender, receiver] = channel<int>(rt, fwd_do([](std::optional<int>) {}), 1);
    std::atomic<bool> begun{false};
    std::thread thread([&begun, own = std::move(sender)] {
      EXPECT_TRUE(own.send_blocking(1));
      begun = true;
      EXPECT_FALSE(own.send_blocking(2));
    });
    while (!begun) {}
    if (n % 2) std::this_thread::yield();
    receiver = {};
    thread.join();
  }
}

// ---- to a task
Task<int> reads(PipeStream<int> stream) {
  int n = 0;
  for (;;) {
    const auto item = co_await stream.next();
    if (!item) break;
    if (n < 3) say("", *item);
    ++n;
  }
  co_return n;
}
TEST_F(ChannelTest, ATaskReads) {
  auto [sender, stream] = channel_stream<int>(rt);
  (void)sender.send(1);
  spawn(rt, reads, tell_int("read"), std::move(stream));
  rt.run();
  EXPECT_EQ(told(), "1");
  std::thread([&sender] {
    for (int i = 2; i <= 1000; ++i) (void)sender.send(i);
  }).join();
  rt.run();
  EXPECT_EQ(told(), "2 3");
  sender = {};
  rt.run();
  EXPECT_EQ(told(), "read=1000");
}

TEST_F(ChannelTest, WhatATaskDoesNotReadCountsForTheBound) {
  auto [sender, stream] = channel_stream<int>(rt, 3);
  EXPECT_EQ(sender.try_send(1), Sent::sent);
  EXPECT_EQ(sender.try_send(2), Sent::sent);
  EXPECT_EQ(sender.try_send(3), Sent::sent);
  rt.run();
  EXPECT_EQ(sender.try_send(4), Sent::full) << "nobody has read";
  spawn(rt, reads, tell_int("read"), std::move(stream));
  rt.run();
  EXPECT_EQ(sender.try_send(4), Sent::sent);
  sender = {};
  rt.run();
  EXPECT_EQ(told(), "1 2 3 read=4");
}

TEST_F(ChannelTest, AStreamThatGoesIsTold) {
  auto [sender, stream] = channel_stream<int>(rt);
  TaskRef task = spawn(rt, reads, ret_nop, std::move(stream));
  rt.run();
  EXPECT_TRUE(sender.send(1));
  task.cancel();
  rt.run();
  EXPECT_FALSE(sender.send(2));
}

TEST_F(ChannelTest, TheEndBeforeTheFirstRead) {
  auto [sender, stream] = channel_stream<int>(rt);
  (void)sender.send(5);
  sender = {};
  rt.run();
  spawn(rt, reads, tell_int("read"), std::move(stream));
  rt.run();
  EXPECT_EQ(told(), "5 read=1");
}

// ---- ends
using ChannelAlone = troupe_test::RecordedTest;

TEST_F(ChannelAlone, TheRuntimeEndsFirst) {
  const auto item = std::make_shared<int>(1);
  Sender<std::shared_ptr<int>> sender;
  BoundedSender<std::shared_ptr<int>> bounded;
  Sender<std::shared_ptr<int>> streams;
  Receiver keeps;
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    auto one = channel<std::shared_ptr<int>>(
        rt, fwd_do([](std::optional<std::shared_ptr<int>>) { ADD_FAILURE(); }));
    auto two = channel<std::shared_ptr<int>>(
        rt, fwd_do([](std::optional<std::shared_ptr<int>>) { ADD_FAILURE(); }), 1);
    auto three = channel_stream<std::shared_ptr<int>>(rt);
    sender = one.sender;
    bounded = two.sender;
    streams = three.sender;
    keeps = std::move(one.receiver);
    (void)sender.send(item);
    EXPECT_EQ(bounded.try_send(std::shared_ptr(item)), Sent::sent);
    bounded.tell_room(sendable(rt, ret_do([](Reply<> reply) { say(reply ? "room" : "no room"); })));
    (void)streams.send(item);
  }
  EXPECT_EQ(told(), "no room");
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_FALSE(sender.send(item));
  EXPECT_EQ(bounded.try_send(std::shared_ptr(item)), Sent::gone);
  EXPECT_FALSE(streams.send(item));
  EXPECT_EQ(item.use_count(), 1);
}

TEST_F(ChannelAlone, EachEndAtEachMomentOnTwoThreads) {
  for (int n = 0; n < 300; ++n) {
    std::atomic<bool> go{false};
    std::atomic<int> got{0};
    const auto item = std::make_shared<int>(1);
    std::thread other;
    {
      Runtime rt;
      rt.set_poll_waker([] {});
      auto made = channel<std::shared_ptr<int>>(
          rt, fwd_do(unsafe_capture([&got](std::optional<std::shared_ptr<int>>) { ++got; })));
      other = std::thread([&go, &item, sender = std::move(made.sender)] {
        while (!go) {}
        for (int i = 0; i < 20; ++i)
          if (!sender.send(item)) return;
      });
      go = true;
      for (int i = 0; i < n % 7; ++i) rt.run();
      if (n % 2) made.receiver = {};
    }
    other.join();
    EXPECT_EQ(item.use_count(), 1);
    EXPECT_LE(got.load(), 21);
  }
}

// Many senders, one reader: all items come, in each sender's order, and the end is told.
TEST_F(ChannelAlone, ManySenders) {
  constexpr int senders = 3, items = 20000;
  Runtime rt;
  std::atomic<bool> rung{false};
  rt.set_poll_waker([&rung] { rung.store(true, std::memory_order_release); });
  std::vector<int> last(senders, 0);
  bool over = false, in_order = true;
  auto made = channel<std::pair<int, int>>(
      rt, fwd_do(unsafe_capture([&](std::optional<std::pair<int, int>> item) {
        if (!item) {
          over = true;
        } else {
          in_order = in_order && item->second == last[static_cast<std::size_t>(item->first)] + 1;
          last[static_cast<std::size_t>(item->first)] = item->second;
        }
      })));
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([s, sender = made.sender] {
      for (int i = 1; i <= items; ++i) (void)sender.send({s, i});
    });
  made.sender = {};
  while (!over) {
    if (rung.exchange(false, std::memory_order_acquire))
      rt.run();
    else
      std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(last, std::vector<int>(senders, items));
}

}  // namespace channel_test
}  // namespace troupe
