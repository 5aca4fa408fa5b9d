// loop/host_waker_test.cpp: wake-ups find whichever loop holds the runtime.
#include <troupe/loop/host_waker.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <troupe/core.hpp>

namespace troupe {
namespace host_waker_test {

TEST(HostWakerTest, IsOnePerRuntime) {
  Runtime one, two;
  EXPECT_EQ(HostWaker::of(one), HostWaker::of(one));
  EXPECT_NE(HostWaker::of(one), HostWaker::of(two));
}

TEST(HostWakerTest, WakesTheLoopThatIsAttached) {
  Runtime rt;
  auto waker = HostWaker::of(rt);
  int first = 0, second = 0;
  waker->wake();
  waker->attach([&first] { ++first; });
  waker->wake();
  waker->detach();
  waker->wake();
  waker->attach([&second] { ++second; });
  waker->wake();
  waker->detach();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(HostWakerTest, TheRuntimesOwnThreadHasAWayOfItsOwn) {
  Runtime rt;
  auto waker = HostWaker::of(rt);
  std::atomic<int> anywhere = 0;
  int here = 0;
  waker->attach([&anywhere] { ++anywhere; }, [&here] { ++here; });
  defer(rt, [] {});
  EXPECT_EQ(here, 1) << "what is queued outside of a run";
  std::thread([&] { waker->wake(); }).join();
  EXPECT_EQ(anywhere, 1);
  waker->detach();
  rt.run();
  defer(rt, [] {});
  EXPECT_EQ(here, 1);
  waker->attach([&anywhere] { ++anywhere; });
  rt.run();
  defer(rt, [] {});
  EXPECT_EQ(anywhere, 2) << "without one it goes the same way";
  waker->detach();
}

TEST(HostWakerTest, IsCalledByWakeUpsFromOtherThreads) {
  Runtime rt;
  auto waker = HostWaker::of(rt);
  std::atomic<int> woken = 0;
  waker->attach([&woken] { ++woken; });
  static int ran;
  ran = 0;
  detail::Inbox::Node one{nullptr, [](detail::Inbox::Node*) { ++ran; }}, two = one;
  std::thread([&] {
    detail::kernel_of(rt).inbox->push(&one);
    detail::kernel_of(rt).inbox->push(&two);
  }).join();
  EXPECT_EQ(woken, 1) << "whoever found the inbox empty wakes for all";
  rt.run();
  EXPECT_EQ(ran, 2);
  waker->detach();
}

TEST(HostWakerTest, OutlivesItsRuntime) {
  auto rt = std::make_unique<Runtime>();
  auto waker = HostWaker::of(*rt);
  rt.reset();
  waker->wake();
  EXPECT_EQ(waker.use_count(), 1);
}

TEST(HostWakerDeathTest, TwoLoopsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Runtime rt;
  auto waker = HostWaker::of(rt);
  waker->attach([] {});
  EXPECT_DEATH(waker->attach([] {}), "a runtime is held by one loop at a time");
  waker->detach();
}

}  // namespace host_waker_test
}  // namespace troupe
