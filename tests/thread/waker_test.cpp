// thread/waker_test.cpp: waking a runtime: notices, merging, the end of either side.
#include <troupe/thread/waker.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace waker_test {

using troupe_test::say;
using troupe_test::told;

class WakerTest : public troupe_test::OneRuntimeTest {
 protected:
  WakerTest() {
    rt.set_poll_waker([this] { rang_.fetch_add(1); });
  }
  Waker make() {
    return Waker(rt, fwd_do([](WakerNotice notice) {
                   say(notice == WakerNotice::woken ? "woken" : "gone");
                 }));
  }
  int rang() { return rang_.exchange(0); }
  std::atomic<int> rang_{0};
};

TEST_F(WakerTest, WakesBeforeTheNoticeAreOne) {
  const Waker waker = make();
  waker.wake();
  waker.wake();
  std::thread([&] { waker.wake(); }).join();
  EXPECT_EQ(rang(), 1);
  rt.run();
  EXPECT_EQ(told(), "woken");
  rt.run();
  EXPECT_EQ(told(), "");
  waker.wake();
  rt.run();
  EXPECT_EQ(told(), "woken");
}

TEST_F(WakerTest, TheEndIsToldOnceBehindAllWakes) {
  {
    Waker waker = make();
    waker.wake();
    const Waker moved = std::move(waker);
    EXPECT_FALSE(waker);  // NOLINT(bugprone-use-after-move): it wakes nobody now
    waker.wake();
  }
  rt.run();
  EXPECT_EQ(told(), "woken gone");
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(WakerTest, DestroyedOnAnotherThread) {
  std::thread([waker = make()] { waker.wake(); }).join();
  rt.run();
  EXPECT_EQ(told(), "woken gone");
}

TEST(WakerAlone, OutlivesItsRuntime) {
  Waker waker;
  Waker woken;
  {
    Runtime rt;
    rt.set_poll_waker([] {});
    waker = Waker(rt, fwd_do([](WakerNotice) { ADD_FAILURE(); }));
    woken = Waker(rt, fwd_do([](WakerNotice) { ADD_FAILURE(); }));
    woken.wake();
  }
  waker.wake();
  woken.wake();
}

TEST(WakerAlone, GoesWhileItsRuntimeEnds) {
  for (int n = 0; n < 200; ++n) {
    std::atomic<bool> go{false};
    std::thread other;
    {
      Runtime rt;
      rt.set_poll_waker([] {});
      other = std::thread([&go, waker = Waker(rt, fwd_do([](WakerNotice) {}))] {
        while (!go) {}
        waker.wake();
      });
      go = true;
    }
    other.join();
  }
}

// The defect of many such things: the handler clears the flag, then reads; a wake in between finds
// the flag set and does nothing. Each value that is published before a wake must be seen.
TEST(WakerAlone, NoWakeIsLost) {
  constexpr int rounds = 20000;
  Runtime rt;
  std::atomic<int> published{0}, seen{0};
  std::atomic<bool> rung{false};
  rt.set_poll_waker([&rung] { rung.store(true, std::memory_order_release); });
  std::thread other([&, waker = Waker(rt, fwd_do(unsafe_capture([&](WakerNotice) {
                                        seen.store(published.load(std::memory_order_acquire));
                                      })))] {
    for (int n = 1; n <= rounds; ++n) {
      published.store(n, std::memory_order_release);
      waker.wake();
      if (n % 3 == 0)
        while (seen.load() != n) std::this_thread::yield();
    }
  });
  while (seen.load() != rounds) {
    if (rung.exchange(false, std::memory_order_acquire))
      rt.run();
    else
      std::this_thread::yield();
  }
  other.join();
  rt.run();
}

}  // namespace waker_test
}  // namespace troupe
