// base/time_test.cpp: nanoseconds on a monotonic clock.
#include <troupe/base/time.hpp>

#include <gtest/gtest.h>

namespace troupe {
namespace {

TEST(Time, CountsNanosecondsOnAMonotonicClock) {
  using namespace std::chrono_literals;
  static_assert(Clock::is_steady);
  static_assert(std::is_same_v<Duration, std::chrono::nanoseconds>);
  static_assert(Instant(1s) - Instant() == 1'000'000'000ns);
  const Instant first = Clock::now();
  EXPECT_LE(first, Clock::now());
  EXPECT_GT(SystemTime(std::chrono::system_clock::now()), SystemTime());
}

}  // namespace
}  // namespace troupe
