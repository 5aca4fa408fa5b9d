// thread/awake_host.hpp: what a loop of the library does while it is awake: turns, and looks for
// work before it sleeps. (internal)
#pragma once
#include <troupe/core/runtime.hpp>
#include <troupe/thread/adaptive_spin.hpp>

namespace troupe::detail {

class AwakeHost {
 public:
  /// Records that one turn runs at most, and how long it may take, before the clock is read again.
  static constexpr std::size_t turn_items = 16 * 1024;
  static constexpr Duration turn_time = std::chrono::milliseconds(2);
  /// The longest sleep; then it looks at the runtime again.
  static constexpr Duration longest_sleep = std::chrono::hours(1);

  explicit AwakeHost(Runtime& rt) noexcept : rt_(rt) {}
  void set_spin(Duration most) noexcept { spin_.set(most); }
  /// Before the first run, or the first one after a pause.
  void look_at_clock() noexcept { now_ = Clock::now(); }
  RunResult run(bool idle) {
    return rt_.run(now_, {.items = turn_items, .until = now_ + turn_time, .stays_awake = true},
                   idle);
  }
  /// Behind a run that left `left`: looks for work, and sleeps if there is none.
  /// @param rung says whether the loop was woken, without a call of the system
  /// @param sleep sleeps so long at most, or until it is woken
  /// @returns whether the next run is for an idle item
  template <class Rung, class Sleep> bool wait(const RunResult& left, Rung rung, Sleep sleep) {
    const auto has_news = [&] { return rung() || rt_.next_wait(rt_.now()) == Duration::zero(); };
    if (left.work || left.idle) {
      look_at_clock();
      return !has_news() && !left.work;
    }
    // The run behind it has the time of the look before: who waits for an answer waits for no
    // clock.
    const auto look = [&] {
      return AdaptiveSpin::look_some(has_news) || time() == Duration::zero();
    };
    if (spin_(look, [this] { return look_at_clock(), now_; })) return false;
    if (rt_.may_sleep()) sleep(time());
    look_at_clock();
    return false;
  }

 private:
  Duration time() noexcept {
    look_at_clock();
    return rt_.next_wait_max(now_, longest_sleep, false);
  }
  Runtime& rt_;
  AdaptiveSpin spin_;
  Instant now_;
};

}  // namespace troupe::detail
