// apps/respd/redis/wall_clock.hpp: the wall clock of commands, told from outside.
#pragma once
#include <troupe/base/time.hpp>

#include <chrono>
#include <cstdint>

namespace respd {

/// Milliseconds since 1970, the time that Redis commands speak of.
using UnixMs = std::int64_t;

/// Tells wall-clock times and instants apart and into one another. Reads no clock.
class WallClock {
 public:
  /// Says that the wall clock showed `systime` at `at`; all times are counted from there. The owner
  /// repeats it now and then, in case the wall clock is set.
  void set(troupe::Instant at, troupe::SystemTime systime) noexcept {
    anchor_ = at;
    anchor_unix_ns_ =
        std::chrono::duration_cast<std::chrono::nanoseconds>(systime.time_since_epoch()).count();
  }
  /// The wall clock at `now`, in milliseconds.
  [[nodiscard]] UnixMs unix_ms(troupe::Instant now) const noexcept {
    return ((now - anchor_).count() + anchor_unix_ns_) / ns_per_ms;
  }
  /// The wall clock at `now`, in microseconds.
  [[nodiscard]] std::int64_t unix_us(troupe::Instant now) const noexcept {
    return ((now - anchor_).count() + anchor_unix_ns_) / 1000;
  }
  /// The first instant behind the millisecond `when`; one that is out of reach is
  /// `Instant::max()`.
  [[nodiscard]] troupe::Instant end_of(UnixMs when) const noexcept {
    std::int64_t ns = 0;
    if (__builtin_add_overflow(when, 1, &ns) || __builtin_mul_overflow(ns, ns_per_ms, &ns) ||
        __builtin_sub_overflow(ns, anchor_unix_ns_, &ns) ||
        __builtin_add_overflow(ns, anchor_.time_since_epoch().count(), &ns)) {
      return troupe::Instant::max();
    }
    return troupe::Instant(troupe::Duration(ns));
  }

 private:
  static constexpr std::int64_t ns_per_ms = 1'000'000;
  troupe::Instant anchor_{};
  std::int64_t anchor_unix_ns_ = 0;
};

}  // namespace respd
