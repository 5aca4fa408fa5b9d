// thread/adaptive_spin.hpp: how long a loop looks for work before it sleeps. (internal)
//
// Who sends work to a loop that sleeps pays for waking it, and the loop pays for going to sleep:
// tens of microseconds together. A loop that looks a little longer finds the work there instead.
// That pays only where work does come soon: so the time halves whenever it passed for nothing, and
// doubles whenever it did not. Now and then it is tried in full, so that a loop whose work comes
// faster again notices. A loop at rest sleeps, and looks at nothing.
#pragma once
#include <algorithm>
#include <cstdint>

#include <troupe/base/relax.hpp>
#include <troupe/base/time.hpp>

namespace troupe::detail {

class AdaptiveSpin {
 public:
  /// Of so many times that it looks, one takes the whole time.
  static constexpr unsigned in_full = 32;
  /// How often look_some() looks.
  static constexpr int looks_a_time = 16;
  /// The shortest time is this part of the whole.
  static constexpr int least_part = 32;

  /// The longest time that it takes.
  static constexpr Duration longest = std::chrono::seconds(1);

  /// @param most nanoseconds that it looks at most; 0 or less: not at all
  void set(Duration most) noexcept {
    most_ = std::clamp(most, Duration::zero(), longest);
    time_ = most_;
  }
  bool is_on() const noexcept { return most_ != Duration::zero(); }

  /// Looks a few times, with pauses: where a look costs less than the clock does.
  template <class Look> static bool look_some(Look&& look) {
    for (int n = 0; n != looks_a_time; ++n) {
      if (look()) return true;
      relax();
    }
    return false;
  }

  /// Calls `look()` until it says that there is work, or the time is over.
  /// @param now the clock, a function without arguments
  /// @returns what the last `look()` said; false if it is not on
  template <class Look, class Now> bool operator()(Look&& look, Now&& now) {
    if (!is_on()) return false;
    const Duration time = ++count_ % in_full == 0 ? most_ : time_;
    bool found = false;
    for (const Instant begin = now(); !(found = look()) && now() - begin < time;) {}
    time_ = found ? std::min(2 * time_, most_) : std::max(time_ / 2, most_ / least_part);
    return found;
  }

 private:
  Duration most_ = Duration::zero();
  Duration time_ = Duration::zero();  // what it takes next
  std::uint32_t count_ = 0;
};

}  // namespace troupe::detail
