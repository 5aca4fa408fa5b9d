// thread/adaptive_spin_test.cpp: how long a loop looks for work, on a clock that each look moves.
#include <troupe/thread/adaptive_spin.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using detail::AdaptiveSpin;

// Each look takes a microsecond; work is found with look number `work`.
struct Scene {
  AdaptiveSpin spin;
  Instant now = Instant(1h);

  int looks(int work = std::numeric_limits<int>::max()) {
    int count = 0;
    const auto look = [&] {
      now += 1us;
      return ++count == work;
    };
    const bool found = spin(look, [&] { return now; });
    EXPECT_EQ(found, count == work);
    return count;
  }
};

TEST(AdaptiveSpin, IsOffUntilItIsSet) {
  Scene scene;
  EXPECT_FALSE(scene.spin.is_on());
  EXPECT_EQ(scene.looks(), 0);
  for (const Duration none : {0ns, -1ns, Duration::min()}) {
    scene.spin.set(none);
    EXPECT_FALSE(scene.spin.is_on());
    EXPECT_EQ(scene.looks(), 0);
  }
}

TEST(AdaptiveSpin, LooksUntilThereIsWork) {
  Scene scene;
  scene.spin.set(64us);
  for (const int work : {1, 2, 64}) EXPECT_EQ(scene.looks(work), work);
}

TEST(AdaptiveSpin, TakesHalfTheTimeAfterEachMiss) {
  Scene scene;
  scene.spin.set(64us);
  for (const int looks : {64, 32, 16, 8, 4, 2, 2, 2}) EXPECT_EQ(scene.looks(), looks);
}

TEST(AdaptiveSpin, TakesTwiceTheTimeAfterEachFind) {
  Scene scene;
  scene.spin.set(64us);
  while (scene.looks() != 2) {}
  for (const int looks : {2, 4, 8, 16, 32, 64, 64}) {
    Scene miss = scene;
    EXPECT_EQ(miss.looks(), looks);
    EXPECT_EQ(scene.looks(1), 1);
  }
}

TEST(AdaptiveSpin, IsTriedInFullNowAndThen) {
  Scene scene;
  scene.spin.set(64us);
  unsigned whole = 0;
  for (unsigned i = 1; i <= 10 * AdaptiveSpin::in_full; ++i) whole += scene.looks() == 64;
  EXPECT_EQ(whole, 1 + 10u) << "the first, and one of so many";
}

TEST(AdaptiveSpin, LooksOnceAtLeast) {
  Scene scene;
  scene.spin.set(1ns);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(scene.looks(), 1);
}

TEST(AdaptiveSpin, HasALongestTime) {
  Scene scene;
  scene.spin.set(Duration::max());
  const Instant began = scene.now;
  scene.looks();
  EXPECT_EQ(scene.now - began, AdaptiveSpin::longest);
}

}  // namespace
}  // namespace troupe
