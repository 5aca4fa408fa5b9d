// base/time.hpp: the words for time.
//
// Time is an argument: the runtime knows only the instants that its host passes to `Runtime::run`,
// so a test passes whatever it likes and a whole day takes no time.
#pragma once
#include <chrono>
#include <ratio>
#include <type_traits>

namespace troupe {

/// The monotonic clock that hosts read. Nothing inside the library reads it, the loops of room
/// `loop` aside.
using Clock = std::chrono::steady_clock;
/// A point in time, in nanoseconds on every supported platform.
using Instant = Clock::time_point;
/// A span of time, in nanoseconds on every supported platform.
using Duration = Clock::duration;
/// Wall-clock time, for what `Core::systime` tells.
using SystemTime = std::chrono::system_clock::time_point;

namespace detail {
struct a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5 {};
}  // namespace detail

/// What functions take where they want a `Duration`: whatever converts to one, in any unit. What is
/// out of a Duration's reach (292 years), as "for ever" in a coarser unit is
/// (`std::chrono::hours::max()`), becomes the longest one, or the shortest; the conversion of the
/// standard library would overflow.
class AnyDuration {
 public:
  template <class D>
    requires std::is_convertible_v<const D&, Duration>
  constexpr AnyDuration(const D& wait) noexcept : wait_(clamped(wait)) {}
  template <class N,
            class Mistake = detail::a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5>
    requires std::is_arithmetic_v<N>
  AnyDuration(const N&) = delete;  // see Mistake
  constexpr operator Duration() const noexcept { return wait_; }
  friend constexpr bool operator==(AnyDuration a, AnyDuration b) noexcept {
    return a.wait_ == b.wait_;
  }

 private:
  template <class D> static constexpr Duration clamped(const D& other) noexcept { return other; }
  template <class Rep, class Period>
    requires std::is_integral_v<Rep>
  static constexpr Duration clamped(const std::chrono::duration<Rep, Period>& wait) noexcept {
    constexpr auto unit = std::ratio_divide<Period, Duration::period>::num;
    Duration::rep count = 0;
    if (!__builtin_mul_overflow(wait.count(), unit, &count)) return Duration(count);
    return wait.count() > 0 ? Duration::max() : Duration::min();
  }
  Duration wait_;
};

/// What functions take where they want an `Instant`, in any unit; what is out of its reach becomes
/// the last one, or the first: `std::chrono::time_point<Clock, std::chrono::hours>::max()` is the
/// last one. A sum of an Instant and "for ever" overflows before anybody can see it: give that as a
/// Duration.
class AnyInstant {
 public:
  template <class T>
    requires std::is_convertible_v<const T&, Instant>
  constexpr AnyInstant(const T& at) noexcept : at_(clamped(at)) {}
  template <class N,
            class Mistake = detail::a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5>
    requires std::is_arithmetic_v<N>
  AnyInstant(const N&) = delete;  // see Mistake
  constexpr operator Instant() const noexcept { return at_; }
  friend constexpr bool operator==(AnyInstant a, AnyInstant b) noexcept { return a.at_ == b.at_; }

 private:
  template <class T> static constexpr Instant clamped(const T& other) noexcept { return other; }
  template <class D>
  static constexpr Instant clamped(const std::chrono::time_point<Clock, D>& at) noexcept {
    return Instant(AnyDuration(at.time_since_epoch()));
  }
  Instant at_;
};

namespace detail {
// now + wait without overflow: what is out of reach comes at the end of time (or was at its
// beginning)
inline Instant later(Instant now, Duration wait) noexcept {
  Duration::rep sum;
  if (__builtin_add_overflow(now.time_since_epoch().count(), wait.count(), &sum)) [[unlikely]]
    return wait > Duration::zero() ? Instant::max() : Instant::min();
  return Instant(Duration(sum));
}
// then - now without overflow; 0 if that has passed
inline Duration until(Instant now, Instant then) noexcept {
  Duration::rep wait;
  if (then <= now) return Duration::zero();
  return __builtin_sub_overflow(then.time_since_epoch().count(), now.time_since_epoch().count(),
                                &wait)
             ? Duration::max()
             : Duration(wait);
}
}  // namespace detail

static_assert(sizeof(AnyDuration) == 8 && sizeof(AnyInstant) == 8 &&
              std::is_trivially_copyable_v<AnyDuration>);
static_assert(sizeof(Instant) == 8 && Duration::period::den == 1'000'000'000);

}  // namespace troupe
