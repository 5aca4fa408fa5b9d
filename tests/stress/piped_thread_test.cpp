// stress/piped_thread_test.cpp: PipedThreads and channels to threads in many hands, while either
// side goes at any moment: for the sanitizers.
//
// Chance decides what each side does; when they meet is up to the machine. What goes in comes out
// in order, an end is told once and behind all that was sent, and each item has died at the end.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <vector>

#include "support/seed.hpp"

namespace troupe {
namespace piped_stress {

using troupe_test::Dice;

std::atomic<int> alive{0};  // items

struct Item {
  explicit Item(int n) : number(n) { ++alive; }
  Item(Item&& other) noexcept : number(other.number) { ++alive; }
  Item& operator=(Item&&) = delete;
  ~Item() { --alive; }
  int number;
};
using Thread = PipedThread<Item, Item>;
using Link = Thread::Link;

// What became of it, as its owner hears.
struct Heard {
  int last = 0, items = 0, others = 0, ends = 0;
  bool in_order = true;
  std::optional<StopCause::Kind> cause;
  bool has_error = false;
  std::atomic<int> sent{0};  // by the thread
};

struct Plan {
  std::uint64_t seed;
  std::uint64_t items_until_it_returns;  // or throws
  bool throws, only_gives;
};

void work(Link& link, Plan plan, ThreadReceiver<Item> other, Heard* heard) {
  Dice dice(plan.seed);
  bool other_is_open = true;
  for (std::uint64_t n = 0; n != plan.items_until_it_returns; ++n) {
    if (dice.below(4) == 0) std::this_thread::yield();
    int number = static_cast<int>(n) + 1;
    if (!plan.only_gives) {
      if (other_is_open && wait_any(link, other) == 1) {
        const auto item = other.recv();
        other_is_open = item.has_value();
        if (item) number = -item->number;
      } else {
        const auto item = link.recv();
        if (!item) return;
        number = item->number;
      }
      if (number == static_cast<int>(n) + 1 && !other_is_open) continue;
    }
    if (dice.below(3) == 0) {
      if (link.try_send(Item(number)) == Sent::sent) ++heard->sent;
    } else {
      if (!link.send(Item(number))) return;
      ++heard->sent;
    }
  }
#if TROUPE_EXCEPTIONS
  if (plan.throws) throw std::runtime_error("enough");
#endif
}

void play(Dice& dice) {
  Heard heard;
  bool kept = false;
  {
    std::atomic<bool> rung{false};
    Runtime rt;
    rt.set_poll_waker([&rung] { rung.store(true, std::memory_order_release); });
    const auto out = [&heard] {
      return fwd_do(unsafe_capture([&heard](const Item& item) {
        heard.in_order = heard.in_order && heard.ends == 0;
        ++heard.items;
        if (item.number < 0) {
          ++heard.others;
          return;
        }
        heard.in_order = heard.in_order && item.number > heard.last;
        heard.last = item.number;
      }));
    };
    auto [others, from_others] = thread_channel<Item>(dice.below(3) + 1);
    Thread thread(rt, PipeBounds{.in = dice.below(5) + 1, .out = dice.below(5) + 1}, out(),
                  ret_do(unsafe_capture([&heard](const Reply<StopCause>& cause) {
                    ++heard.ends;
                    if (!cause) return;
                    heard.cause = cause->kind();
                    heard.has_error = bool(cause->error());
                  })),
                  &work, Plan{dice.next(), dice.below(200), dice.below(2) == 0, dice.below(4) == 0},
                  std::move(from_others), unsafe_borrow(&heard));
    std::thread other([sender = std::move(others), own = Dice(dice.next())]() mutable {
      for (int n = 1; n <= 50 && own.below(40) != 0; ++n)
        if (!sender.send_blocking(Item(n))) return;
    });
    int number = 0;
    const auto how = dice.below(4);  // 0: to the end of the thread
    for (auto n = dice.below(200) + 1; n != 0; --n) {
      if (dice.below(2) == 0)
        if (thread.try_send(Item(number + 1)) == Sent::sent) ++number;
      if (dice.below(4) == 0) rt.run();
      if (dice.below(4) == 0) std::this_thread::yield();
      if (how == 1 && dice.below(100) == 0) thread.stop();
      if (how == 2 && dice.below(100) == 0) thread.close();
    }
    if (how != 3) {
      thread.close();
      if (dice.below(2) == 0) thread.stop();
      while (heard.ends == 0) {
        if (rung.exchange(false))
          rt.run();
        else
          std::this_thread::yield();
      }
      kept = true;
    } else if (dice.below(2) == 0) {
      thread = {};  // joined while its items are on their way
      while (rung.exchange(false)) rt.run();
      kept = true;
    }
    thread = {};
    other.join();
  }
  EXPECT_EQ(heard.ends, 1);
  EXPECT_TRUE(heard.in_order);
  if (kept) {
    EXPECT_EQ(heard.items, heard.sent) << "what send took has come";
    ASSERT_TRUE(heard.cause);
    EXPECT_NE(*heard.cause, StopCause::lost);
    EXPECT_EQ(*heard.cause == StopCause::failed, heard.has_error);
  } else {
    EXPECT_LE(heard.items, heard.sent);
  }
  EXPECT_EQ(alive, 0);
}

TEST(PipedThreadStress, EitherSideGoesAtAnyMoment) {
  SCOPED_TRACE(troupe_test::seed_text());
  Dice dice(troupe_test::seed());
  for (int round = 0; round < 300 && !testing::Test::HasFailure(); ++round) play(dice);
}

// Items go one by one, each when the one before has come back: so both sides sleep as often as they
// can, and a wake that is lost is the end of the test.
TEST(PipedThreadStress, NoWakeIsLost) {
  std::atomic<bool> rung{false};
  int back = 0;
  Runtime rt;
  rt.set_poll_waker([&rung] { rung.store(true, std::memory_order_release); });
  const Thread thread(rt, fwd_do(unsafe_capture([&back](const Item&) { ++back; })), ret_nop,
                      [](Link& link) {
                        while (auto item = link.recv())
                          if (!link.send(std::move(*item))) return;
                      });
  Dice dice(troupe_test::seed());
  int sent = 0;
  for (int round = 0; round < 4000; ++round) {
    for (auto n = dice.below(3) + 1; n != 0; --n)
      if (thread.try_send(Item(0)) == Sent::sent) ++sent;
    while (back != sent) {
      if (rung.exchange(false, std::memory_order_acquire))
        rt.run();
      else
        std::this_thread::yield();
    }
  }
  EXPECT_EQ(back, sent);
}

}  // namespace piped_stress
}  // namespace troupe
