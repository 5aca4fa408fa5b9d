// thread/ensemble_threads.hpp: `EnsembleThreads`: the runtimes of an ensemble on threads of its
// own.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <troupe/thread/awake_host.hpp>
#include <troupe/thread/ensemble.hpp>
#include <tuple>
#include <vector>

namespace troupe {

namespace detail {
struct a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable {};

// One thread with its runtime. The node brings the order to stop.
struct SeatThread : Inbox::Node {
  SeatThread() noexcept : Node{nullptr, &stopped} {}
  virtual ~SeatThread() = default;
  /// On the thread: until the end of the runtime. What `make` gave goes before the runtime.
  virtual StopCause live(Runtime& rt) noexcept = 0;
  void stop(const StopCause& cause) noexcept;            // any thread
  StopCause drive(Runtime& rt, Duration spin) noexcept;  // until a shutdown, or what is thrown
  static void stopped(Node* node) noexcept;

  std::mutex mutex;
  std::optional<StopCause> asked;  // to stop; under the mutex
  Kernel* kernel = nullptr;        // while the runtime lives; under the mutex
  std::thread thread;
  Duration most_spin{};
};

template <class F, class... B> struct SeatThreadOf final : SeatThread {
  SeatThreadOf(F&& f, B&&... b) : make(std::move(f)), args(std::move(b)...) {}
  StopCause live(Runtime& rt) noexcept override {
    using Made = std::invoke_result_t<F&, Runtime&, B...>;
    const auto makes = [&]() -> decltype(auto) {
      return std::apply([&](B&... b) -> Made { return make(rt, std::move(b)...); }, args);
    };
    if constexpr (std::is_void_v<Made>) {
      TROUPE_TRY { makes(); }
      TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
      return drive(rt, most_spin);
    } else {
      std::optional<Made> made;
      TROUPE_TRY { made.emplace(makes()); }
      TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
      return drive(rt, most_spin);
    }
  }
  F make;
  std::tuple<B...> args;
};

template <class F, class... B>
concept good_factory = std::is_invocable_v<F&, Runtime&, B...> && lambda_captures_nothing<F> &&
                       crosses_threads<F> && (Sendable<B> && ...);
}  // namespace detail

/// What is chosen for all threads of an `EnsembleThreads`.
struct EnsembleThreadsOptions {
  /// How long a runtime that has nothing to do looks for work before it sleeps, at most. The time
  /// that is really taken adapts, as that of `BareLoop::set_spin`: it halves, down to a 32nd, each
  /// time that nothing came. Work that comes in that time needs no wake-up, which would cost sender
  /// and receiver tens of microseconds. 0 or less: it sleeps at once. At most one second.
  Duration spin = std::chrono::microseconds(50);
};

/// Runs runtimes of an ensemble, each on a thread of its own that sleeps while there is nothing to
/// do. A runtime ends when it is asked for a shutdown by one of its handlers, when something is
/// thrown in it that nobody hears (the others go on), or by stop(). Not movable. Thread: that of
/// its maker; not one of those that it runs.
class EnsembleThreads {
 public:
  using troupe_not_storable = void;
  /// The longest sleep of a runtime without a timer; then it looks once more.
  static constexpr Duration longest_sleep = detail::AwakeHost::longest_sleep;
  explicit EnsembleThreads(const Ensemble& all, EnsembleThreadsOptions options = {})
      : all_(all), options_(std::move(options)) {}
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
    launch(number,
           std::make_unique<detail::SeatThreadOf<F, B...>>(std::move(make), std::move(args)...));
  }
  template <
      class F, class... B,
      class Mistake = detail::a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable>
    requires(!detail::good_factory<std::decay_t<F>, std::decay_t<B>...>)
  void start(unsigned, F&&, B&&...) = delete;  // see Mistake

  /// Asks the runtimes for their shutdown, the one that was started last first, each when the one
  /// before has ended. Blocks until all have.
  /// @returns what join() would
  StopCause stop(const StopCause& cause);
  /// Blocks until all have ended by themselves.
  /// @returns the cause of the first one that ended with an error, else of the first one that
  /// ended; `StopCause::stopped` where none was started
  StopCause join();

 private:
  void launch(unsigned number, std::unique_ptr<detail::SeatThread> fresh);
  void ended(StopCause cause) noexcept;
  const Ensemble all_;
  const EnsembleThreadsOptions options_;
  std::vector<std::unique_ptr<detail::SeatThread>> threads_;
  std::mutex mutex_;
  std::optional<StopCause> first_;  // under the mutex
};

}  // namespace troupe
