// base/time_test.cpp: nanoseconds on a monotonic clock.
#include <troupe/base/time.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace troupe {
namespace time_test {

TEST(Time, CountsNanosecondsOnAMonotonicClock) {
  using namespace std::chrono_literals;
  static_assert(Clock::is_steady);
  static_assert(std::is_same_v<Duration, std::chrono::nanoseconds>);
  static_assert(Instant(1s) - Instant() == 1'000'000'000ns);
  const Instant first = Clock::now();
  EXPECT_LE(first, Clock::now());
  EXPECT_GT(SystemTime(std::chrono::system_clock::now()), SystemTime());
}

// ---- any unit
using namespace std::chrono_literals;
using std::chrono::hours;

TEST(Time, WhatAFunctionTakesForADurationIsClampedInsteadOfOverflowing) {
  constexpr auto taken = [](AnyDuration wait) { return Duration(wait); };
  static_assert(taken(5s) == 5s && taken(-5s) == -5s && taken(0s) == 0s && taken(1ns) == 1ns);
  static_assert(taken(hours::max()) == Duration::max());
  static_assert(taken(hours::min()) == Duration::min());
  static_assert(taken(std::chrono::years(300)) == Duration::max());
  static_assert(taken(std::chrono::years(-300)) == Duration::min());
  static_assert(taken(Duration::max()) == Duration::max() &&
                taken(Duration::min()) == Duration::min());
  static_assert(taken(std::chrono::seconds::max()) == Duration::max());
  // The last second that fits, and the first that does not.
  constexpr auto last = std::chrono::duration_cast<std::chrono::seconds>(Duration::max());
  static_assert(taken(last) == Duration(last.count() * 1'000'000'000) &&
                taken(last + 1s) == Duration::max());
  static_assert(taken(-last) == Duration(-last.count() * 1'000'000'000) &&
                taken(-last - 1s) == Duration::min());
  // Other counts: narrower, wider, without a sign.
  static_assert(taken(std::chrono::duration<std::uint64_t, std::nano>(UINT64_MAX)) ==
                Duration::max());
  static_assert(taken(std::chrono::duration<unsigned, std::ratio<86400>>(UINT32_MAX)) ==
                Duration::max());
  static_assert(taken(std::chrono::duration<short>(-3)) == -3s);
  static_assert(std::is_same_v<decltype(taken(1h)), Duration>);
}

TEST(Time, TheSameHoldsForInstants) {
  constexpr auto taken = [](AnyInstant at) { return Instant(at); };
  using Hour = std::chrono::time_point<Clock, hours>;
  static_assert(taken(Instant(5s)) == Instant(5s));
  static_assert(taken(Hour(1h)) == Instant(3600s));
  static_assert(taken(Hour::max()) == Instant::max() && taken(Hour::min()) == Instant::min());
}

TEST(Time, NothingElseIsTakenThanWhatConverts) {
  static_assert(!std::is_convertible_v<int, AnyDuration>);
  static_assert(!std::is_convertible_v<std::chrono::duration<double>, AnyDuration>, "not exact");
  static_assert(!std::is_convertible_v<std::chrono::duration<long, std::pico>, AnyDuration>,
                "not exact");
  static_assert(!std::is_convertible_v<Instant, AnyDuration> &&
                !std::is_convertible_v<Duration, AnyInstant>);
  static_assert(!std::is_convertible_v<std::chrono::system_clock::time_point, AnyInstant>,
                "another clock");
  struct OfTheUsers {
    operator Duration() const { return 7ns; }
  };
  EXPECT_EQ(Duration(AnyDuration(OfTheUsers())), 7ns);
}

}  // namespace time_test
}  // namespace troupe
