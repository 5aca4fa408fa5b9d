// loop/asio.hpp: a runtime inside an asio::io_context, its own or the host's.
//
// Handlers of I/O only wake tasks, which asks for a turn; one turn serves everything that one round
// of the operating system brought. No header of Asio is included here: hosts that have an
// io_context include what they need themselves.
#pragma once
#include <troupe/core/fwd.hpp>
#include <troupe/core/runtime.hpp>

namespace asio {
class io_context;
}

namespace troupe {

namespace detail {
class AsioHost;
}

/// Drives a runtime by an io_context: turns after I/O, timers, wake-ups from other threads, and
/// whatever is queued on its own thread outside of a turn (a handler of the io_context that answers
/// a Ret or calls an actor, another runtime in the same io_context). It may go before its runtime
/// or after it; connections and listeners that outlive it are closed. One loop at a time holds a
/// runtime. Everything happens on one thread. Not movable.
class AsioLoop {
 public:
  using troupe_not_storable = void;
  /// Records that one turn runs at most before I/O is looked at again, and how long it may take.
  static constexpr std::size_t turn_items = 16 * 1024;
  static constexpr Duration turn_time = std::chrono::milliseconds(2);

  /// With an io_context of its own, for `run()`.
  /// @throws std::bad_alloc when there is no memory, and what Asio throws when descriptors have run
  /// out
  explicit AsioLoop(Runtime& rt);
  /// In the host's io_context, which must outlive this and be run by one thread, the one that made
  /// the runtime. The host calls `host.run()` itself and keeps it busy with work of its own (or
  /// calls `run()`); turns are posted to it when there is work. An io_context made with
  /// ASIO_CONCURRENCY_HINT_UNSAFE takes no wake-ups from other threads.
  AsioLoop(Runtime& rt, asio::io_context& host);
  AsioLoop(const AsioLoop&) = delete;
  ~AsioLoop();

  /// Runs the io_context until somebody asks for a shutdown, and returns (and takes) its cause; it
  /// may be run again then. Does not return for lack of work: another thread may always bring some.
  /// What a deferred function throws passes through, and the loop may go on by another `run()`.
  StopCause run();
  /// How long it looks for work before it sleeps, from the next `run()` on. Work that comes in that
  /// time is found without a wake-up, which saves tens of microseconds for the loop and for who
  /// sends the work; the price is processor time, so it is off unless asked for, and does harm
  /// where all processors are busy. The time that is really taken adapts: it halves (down to a
  /// 32nd) each time that nothing came, and doubles each time that something did; every 32nd time
  /// it is tried in full. A loop at rest takes no processor time. 20 to 50 microseconds are useful.
  /// @param most 0 or less: it sleeps at once; at most one second
  void set_spin(AnyDuration most) noexcept;
  /// SIGINT and SIGTERM ask the runtime for a shutdown (`StopCause::stopped`) from now on; a second
  /// one has its usual effect, so that a program that does not end can be ended.
  /// @throws what Asio throws
  void stop_on_signals();
  /// Lets the program finish its work first: the first of these signals calls `drain`, with the
  /// signal's number. The receiver of `drain` refuses new work, and calls `Core::shutdown` itself
  /// when the old work is done. When `limit` is over before that, the loop asks for the shutdown,
  /// with a plain `StopCause::stopped`. To tell the two ends apart by what `run()` returns, give
  /// another cause in your own shutdown: after `core.shutdown({StopCause::stopped, Error("all work
  /// is done")})` the cause has an `error()`, at the limit it has none. Where `drain` has no
  /// receiver any more, the shutdown comes at once.
  /// @param drain called at most once, by the first signal
  /// @param limit from the signal on; 0 or less means at the next instant
  /// @throws what Asio throws
  void stop_on_signals(Fwd<int> drain, AnyDuration limit);
  template <class F, class Mistake = detail::wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to>
    requires detail::lacks_fwd_do<Fwd<int>, F>
  void stop_on_signals(F&&, AnyDuration) = delete;  // see Mistake
  /// Called from the io_context once when somebody has asked for a shutdown; there are no turns
  /// after that until its cause has been taken (`Runtime::shutdown_reason`, which may be done here
  /// or later; `run()` does so). For hosts that run their io_context themselves.
  void on_shutdown(Callback<void()> hook);

  /// The io_context that it runs in.
  asio::io_context& context() noexcept;
  /// The loop that holds this runtime; ends the process when there is none.
  static AsioLoop& of(Core& core);
  detail::AsioHost& host() noexcept { return *host_; }

 private:
  detail::AsioHost* host_;
};

}  // namespace troupe
