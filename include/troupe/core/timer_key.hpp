// core/timer_key.hpp: the names of running timers, and the three kinds of them.
//
// A key is the number of a slot and the generation that the slot had when the timer was made. It
// owns nothing: it may be copied, kept for ever and used after the timer is gone, which then is
// told by `false`.
#pragma once
#include <cstdint>

namespace troupe {

class TimerQueue;

/// How a timer may be moved: not at all, only later, or only earlier.
enum class TimerKind : std::uint8_t { fixed, max, min };

namespace detail {
/// What every key holds: one word, which stays in one register. There is no such slot as that of a
/// default key. The generation of a slot is odd while a timer is in it: so no key names a slot that
/// is not in use, not even the key of another queue.
struct TimerId {
  TimerId() = default;
  TimerId(std::uint32_t slot, std::uint32_t generation) noexcept
      : bits(std::uint64_t{generation} << 32 | slot) {}
  std::uint32_t slot() const noexcept { return static_cast<std::uint32_t>(bits); }
  std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(bits >> 32); }
  std::uint64_t bits = ~std::uint64_t{0};
  friend bool operator==(const TimerId&, const TimerId&) = default;
};
}  // namespace detail

/// Names a fixed timer: one that fires at its expiry or is erased. 8 bytes. A default key, the key
/// of a timer that has fired or was erased, and with any other runtime than its own every key,
/// names nothing and does no harm. (Generations are finite: that of a slot repeats after 2^31
/// timers in that same slot, and those of n runtimes of a process begin about 2^31 / n timers
/// apart.)
struct FixedTimerKey {
  FixedTimerKey() = default;
  friend bool operator==(const FixedTimerKey&, const FixedTimerKey&) = default;

 private:
  friend class TimerQueue;
  explicit FixedTimerKey(detail::TimerId id) noexcept : id_(id) {}
  detail::TimerId id_;
};

/// Names a max timer: one whose expiry can be pushed later, to the latest time it was given. In all
/// else it is like `FixedTimerKey`.
struct MaxTimerKey {
  MaxTimerKey() = default;
  friend bool operator==(const MaxTimerKey&, const MaxTimerKey&) = default;

 private:
  friend class TimerQueue;
  explicit MaxTimerKey(detail::TimerId id) noexcept : id_(id) {}
  detail::TimerId id_;
};

/// Names a min timer: one whose expiry can be pulled earlier, to the earliest time it was given.
/// In all else it is like `FixedTimerKey`.
struct MinTimerKey {
  MinTimerKey() = default;
  friend bool operator==(const MinTimerKey&, const MinTimerKey&) = default;

 private:
  friend class TimerQueue;
  explicit MinTimerKey(detail::TimerId id) noexcept : id_(id) {}
  detail::TimerId id_;
};

static_assert(sizeof(FixedTimerKey) == 8 && sizeof(MaxTimerKey) == 8 && sizeof(MinTimerKey) == 8);

}  // namespace troupe
