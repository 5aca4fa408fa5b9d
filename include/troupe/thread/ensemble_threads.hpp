// thread/ensemble_threads.hpp: `EnsembleThreads`: the runtimes of an ensemble on threads of its
// own.
#pragma once
#include <expected>
#include <memory>
#include <troupe/core/error.hpp>
#include <troupe/thread/awake_host.hpp>
#include <troupe/thread/ensemble.hpp>
#include <troupe/thread/good_factory.hpp>
#include <troupe/thread/seat_thread.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// What is chosen for all threads of an `EnsembleThreads`.
struct EnsembleThreadsOptions {
  /// How long a runtime that has nothing to do looks for work before it sleeps, at most. The time
  /// that is really taken adapts, as that of `BareLoop::set_spin`: it halves, down to a 32nd, each
  /// time that nothing came. Work that comes in that time needs no wake-up, which would cost sender
  /// and receiver tens of microseconds. 0 or less: it sleeps at once. At most one second.
  Duration spin = std::chrono::microseconds(50);
  /// How long stop() waits in silence, in real time, for each runtime that was asked to end; then
  /// it says so on stderr, once, and waits on.
  Duration end_warning = std::chrono::seconds(10);
};

/// Runs runtimes of an ensemble, each on a thread of its own that sleeps while there is nothing to
/// do. A runtime ends when it is asked for a shutdown by one of its handlers, when something is
/// thrown in it that nobody hears, or by stop(); the others go on. One that fails has an error
/// record in its log, and is made anew where it was started with a `Restart`. Not movable. Thread:
/// that of its maker; not one of those that it runs.
class EnsembleThreads {
 public:
  using troupe_not_storable = void;
  /// The longest sleep of a runtime without a timer; then it looks once more.
  static constexpr Duration longest_sleep = detail::AwakeHost::longest_sleep;
  explicit EnsembleThreads(const Ensemble& all, EnsembleThreadsOptions options = {})
      : all_(all), options_(options) {}
  EnsembleThreads(const EnsembleThreads&) = delete;
  /// Stops them, with `StopCause::dropped`, and blocks until all have ended.
  ~EnsembleThreads() { (void)stop(StopCause(StopCause::dropped)); }

  /// Starts a thread, makes a runtime there, gives it its seat, and calls `make(rt, args...)` on
  /// that thread. What `make` returns, an `ActorOwn` say, is kept until the runtime ends, and goes
  /// before it. A `make` that throws ends that runtime with what it threw.
  /// @param number of a seat that is free
  /// @param args values that are `Sendable`, moved to `make`
  /// @throws std::bad_alloc, std::system_error when there is no memory or no thread to be had
  template <class F, class... B>
    requires detail::good_factory<F, B...>
  void start(unsigned number, F make, B... args) {
    launch(number, Restart{.most = 0},
           std::make_unique<detail::SeatThreadOf<F, B...>>(std::move(make), std::move(args)...));
  }
  /// Starts one that is made anew when it fails: when something is thrown in it, or in `make`, or
  /// it is asked for a shutdown with `StopCause::failed`. The runtime ends as ever, then there is
  /// another one on the same thread, in one of the ensemble's spare seats (`EnsembleOptions`), and
  /// `make` is called again, with copies of `args`. What belonged to the one before has gone:
  /// calls to its actors are dropped, their Rets hear `lost`. So `make` tells others of the new
  /// actors: it calls a `Remote` that is bound to it. Where there were too many failures, or no
  /// spare seat is left, the runtime ends.
  template <class F, class... B>
    requires detail::good_repeated_factory<F, B...>
  void start(unsigned number, Restart restart, F make, B... args) {
    launch(number, restart,
           std::make_unique<detail::SeatThreadOf<F, B...>>(std::move(make), std::move(args)...));
  }
  template <class F, class... B,
            class Mistake = detail::FactoryMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!std::is_same_v<std::decay_t<F>, Restart> &&
             !detail::good_factory<std::decay_t<F>, std::decay_t<B>...>)
  void start(unsigned, F&&, B&&...) = delete;  // see Mistake
  template <class F, class... B,
            class Mistake = detail::RepeatedFactoryMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_repeated_factory<std::decay_t<F>, std::decay_t<B>...>)
  void start(unsigned, Restart, F&&, B&&...) = delete;  // see Mistake

  /// How often the runtime that was started with this number was made anew; 0 for one that was not
  /// started.
  unsigned restarts(unsigned number) const noexcept;
  /// Lets a thread run on one core only, from now on. Linux.
  /// @param number that its runtime was started with
  /// @param core as the system counts them, from 0
  /// Errors: no such thread, no such core, or one that this process may not use; elsewhere that the
  /// system has no such thing.
  std::expected<void, Error> pin(unsigned number, unsigned core);

  /// Asks the runtimes for their shutdown, the one that was started last first, each when the one
  /// before has ended. Blocks until all have: a handler that goes on for ever keeps it for ever.
  /// @returns what join() would
  StopCause stop(const StopCause& cause);
  /// Blocks until all have ended by themselves.
  /// @returns the cause of the first one that ended with an error, else of the first one that
  /// ended; `StopCause::stopped` where none was started
  StopCause join();
  /// Blocks until the first of them has ended by itself, then stops the others.
  /// @param cause of the others
  /// @returns what join() would
  StopCause run(const StopCause& cause = StopCause(StopCause::stopped));

 private:
  void launch(unsigned number, Restart restart, std::unique_ptr<detail::SeatThread> fresh);
  void live(detail::SeatThread& self) noexcept;
  StopCause live_once(detail::SeatThread& self, unsigned seat) noexcept;
  void failed(detail::SeatThread& self, Runtime& rt, const StopCause& cause) noexcept;
  void ended(StopCause cause) noexcept;
  detail::SeatThread* find(unsigned number) const noexcept;
  const Ensemble all_;
  const EnsembleThreadsOptions options_;
  std::vector<std::unique_ptr<detail::SeatThread>> threads_;
  std::mutex mutex_;
  std::condition_variable one_ended_;
  std::optional<StopCause> first_;  // under the mutex
};

}  // namespace troupe
