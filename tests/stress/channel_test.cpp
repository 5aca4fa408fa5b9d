// stress/channel_test.cpp: channels, wakers and Rets in many hands, while either side goes at any
// moment: for the sanitizers.
//
// Chance decides what each thread does; when they meet is up to the machine. Each value is counted,
// so that none is lost where the receiver stayed, none comes twice, and each has died at the end.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <vector>

#include "support/seed.hpp"

namespace troupe {
namespace channel_stress {

using troupe_test::Dice;

std::atomic<int> alive{0};  // items

struct Item {
  Item(int f, int n) : from(f), number(n) { ++alive; }
  Item(Item&& other) noexcept : from(other.from), number(other.number) { ++alive; }
  Item& operator=(Item&&) = delete;
  ~Item() { --alive; }
  int from, number;
};

// What the home side has heard.
struct Heard {
  std::vector<int> last;
  int ends = 0, items = 0, woken = 0, gone = 0, answers = 0, losses = 0;
  bool in_order = true;
  void operator()(const std::optional<Item>& item) {
    if (!item) {
      ++ends;
      return;
    }
    in_order = in_order && ends == 0 && item->number > last[static_cast<std::size_t>(item->from)];
    last[static_cast<std::size_t>(item->from)] = item->number;
    ++items;
  }
};

struct Hands {  // of one thread
  Sender<Item> sender;
  BoundedSender<Item> bounded;
  Waker waker;
  SendableRet<int> ret;
};

// How many items of each channel were taken.
struct Given {
  int sent = 0, bounded = 0;
};

Given work(int me, Hands hands, Dice dice) {
  Given given;
  int number = 0;
  for (auto n = dice.below(60); n != 0; --n) {
    switch (dice.below(8)) {
      case 0: {
        std::vector<Item> many;
        for (auto i = dice.below(5); i != 0; --i) many.emplace_back(me, ++number);
        const auto size = static_cast<int>(many.size());
        if (hands.sender.send(std::span(many))) given.sent += size;
        break;
      }
      case 1:
        hands.waker.wake();
        break;
      case 2:
        if (hands.ret && dice.below(2) != 0) hands.ret(me);
        break;
      case 3:
      case 4:
        if (hands.bounded.try_send(Item(me, ++number)) == Sent::sent) ++given.bounded;
        break;
      case 5:
        if (dice.below(8) == 0) hands.sender = {};
        break;
      default:
        if (hands.sender.send(Item(me, ++number))) ++given.sent;
    }
    if (dice.below(4) == 0) std::this_thread::yield();
  }
  return given;
}

void play(Dice& dice) {
  const auto threads = static_cast<int>(dice.below(3)) + 1;
  Heard plain, bounded;
  plain.last.assign(static_cast<std::size_t>(threads), 0);
  bounded.last = plain.last;
  std::atomic<int> sent{0}, sent_bounded{0}, left{threads};
  std::vector<std::thread> crew;
  bool kept = true;  // both receivers, to the end
  {
    std::atomic<bool> rung{false};
    Runtime rt;
    rt.set_poll_waker([&rung] { rung.store(true, std::memory_order_release); });
    auto one = channel<Item>(
        rt, fwd_do(unsafe_capture([&plain](std::optional<Item> item) { plain(item); })));
    auto two = channel<Item>(
        rt, fwd_do(unsafe_capture([&bounded](std::optional<Item> item) { bounded(item); })),
        dice.below(20) + 1);
    for (int t = 0; t < threads; ++t) {
      Hands hands{one.sender, two.sender,
                  Waker(rt, fwd_do(unsafe_capture([&plain](WakerNotice notice) {
                          ++(notice == WakerNotice::woken ? plain.woken : plain.gone);
                        }))),
                  sendable(rt, ret_do(unsafe_capture([&plain](Reply<int> reply) {
                             ++(reply ? plain.answers : plain.losses);
                           })))};
      crew.emplace_back([t, &sent, &sent_bounded, &left, hands = std::move(hands),
                         own = Dice(dice.next())]() mutable {
        const Given given = work(t, std::move(hands), own);
        sent += given.sent;
        sent_bounded += given.bounded;
        --left;
      });
    }
    one.sender = {};
    two.sender = {};
    if (dice.below(3) == 0) {  // the receivers stay until all is over
      while (left != 0 || rung.exchange(false)) rt.run();
      rt.run();
      EXPECT_EQ(plain.ends, 1);
      EXPECT_EQ(bounded.ends, 1);
      EXPECT_EQ(plain.gone, threads);
    } else {
      kept = false;
      for (auto n = dice.below(50); n != 0; --n) {
        rt.run_one();
        if (dice.below(20) == 0) one.receiver = {};
        if (dice.below(20) == 0) two.receiver = {};
        if (dice.below(8) == 0) rt.run();
      }
    }
  }
  for (auto& thread : crew) thread.join();
  EXPECT_TRUE(plain.in_order && bounded.in_order);
  EXPECT_EQ(plain.answers + plain.losses, threads) << "each Ret is answered once";
  EXPECT_LE(plain.items, sent);
  EXPECT_LE(bounded.items, sent_bounded);
  if (kept) {
    EXPECT_EQ(plain.items, sent);
    EXPECT_EQ(bounded.items, sent_bounded);
  }
  EXPECT_EQ(alive, 0);
}

TEST(ChannelStress, EitherSideGoesAtAnyMoment) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  for (int round = 0; round < 400 && !testing::Test::HasFailure(); ++round) play(dice);
}

}  // namespace channel_stress
}  // namespace troupe
