// loop/bare.hpp: the least loop: the clock, timers, and wake-ups from other threads. It knows no
// I/O.
#pragma once
#include <troupe/core/runtime.hpp>
#include <troupe/loop/drain.hpp>
#include <troupe/thread/awake_host.hpp>

namespace troupe {

namespace detail {
class Doorbell;
}

/// Drives a runtime by the real clock on this thread: it sleeps, on Linux in an `eventfd`, until
/// the next timer is due or another thread wakes it. While it is awake other threads do not pay for
/// waking it. May go before its runtime or after it; one loop at a time holds a
/// runtime. Not movable. POSIX.
class BareLoop {
 public:
  using troupe_not_storable = void;
  /// Records that one turn runs at most, and how long it may take, before the clock is read again.
  static constexpr std::size_t turn_items = detail::AwakeHost::turn_items;
  static constexpr Duration turn_time = detail::AwakeHost::turn_time;
  /// The longest sleep; then it looks at the runtime again.
  static constexpr Duration longest_sleep = detail::AwakeHost::longest_sleep;

  /// @throws std::bad_alloc when there is no memory
  /// @throws std::system_error when descriptors have run out
  explicit BareLoop(Runtime& rt);
  BareLoop(const BareLoop&) = delete;
  ~BareLoop();
  /// Runs until somebody asks for a shutdown, and returns (and takes) its cause; it may be run
  /// again then. Idle items run one at a time, when there is nothing else to do. Does not return
  /// for lack of work: another thread may always bring some. What a deferred function throws passes
  /// through; run() may then be called again.
  StopCause run();
  /// How long it looks for work before it sleeps, from the next `run()` on. Work that comes in that
  /// time is found without a wake-up, which saves tens of microseconds for the loop and for who
  /// sends the work; the price is processor time, so it is off unless asked for, and does harm
  /// where all processors are busy. The time that is really taken adapts: it halves (down to a
  /// 32nd) each time that nothing came, and doubles each time that something did; every 32nd time
  /// it is tried in full. A loop at rest takes no processor time. 20 to 50 microseconds are useful.
  /// @param most 0 or less: it sleeps at once; at most one second
  void set_spin(AnyDuration most) noexcept { host_.set_spin(most); }
  /// While run() runs, SIGINT and SIGTERM ask the runtime for a shutdown (`StopCause::stopped`); a
  /// second one, of the two whichever, has its usual effect, so that a program that does not end
  /// can be ended. For one loop of the process at a time.
  void stop_on_signals() noexcept { takes_signals_ = true; }
  /// Lets the program finish its work first: the first of these signals calls `drain`, with the
  /// signal's number. The receiver of `drain` refuses new work, and calls `Core::shutdown` itself
  /// when the old work is done. When `limit` is over before that, the loop asks for the shutdown,
  /// with a plain `StopCause::stopped`. To tell the two ends apart by what `run()` returns, give
  /// another cause in your own shutdown: after `core.shutdown({StopCause::stopped, Error("all work
  /// is done")})` the cause has an `error()`, at the limit it has none. Where `drain` has no
  /// receiver any more, the shutdown comes at once.
  /// @param drain called at most once, by the first signal; one that comes in a later run() asks
  /// for the shutdown at once
  /// @param limit from the signal on; 0 or less means at the next instant
  void stop_on_signals(Fwd<int> drain, AnyDuration limit) noexcept {
    takes_signals_ = true;
    drain_ = detail::Drain(std::move(drain), limit);
  }
  template <class F, class Mistake = detail::wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to>
    requires detail::lacks_fwd_do<Fwd<int>, F>
  void stop_on_signals(F&&, AnyDuration) = delete;  // see Mistake

 private:
  void drive();

  Runtime& rt_;
  detail::Doorbell* bell_;
  bool takes_signals_ = false;
  detail::AwakeHost host_;
  detail::Drain drain_;
};

/// Runs a runtime by a `BareLoop`.
StopCause run(Runtime& rt);

}  // namespace troupe
