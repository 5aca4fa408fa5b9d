// thread/seat_thread.hpp: one thread of an EnsembleThreads, with its runtime. (internal)
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <troupe/core/runtime.hpp>
#include <troupe/thread/thread_end.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

/// Whether a runtime of an `EnsembleThreads` that fails is made anew, and how often.
struct Restart {
  /// Failures within `within` after each of which it is made anew; one more ends it. 0: none.
  unsigned most = 3;
  /// Real time.
  Duration within = std::chrono::minutes(1);
};

namespace detail {

// The node brings the order to stop.
struct SeatThread : Inbox::Node {
  SeatThread() noexcept : Node{nullptr, &stopped} {}
  virtual ~SeatThread() = default;
  /// On the thread: until the end of the runtime. What the factory gave goes before the runtime.
  virtual StopCause live(Runtime& rt) noexcept = 0;
  void stop(const StopCause& cause) noexcept;  // any thread
  StopCause drive(Runtime& rt) noexcept;       // until a shutdown, or what is thrown
  bool may_restart(Instant now) noexcept;      // it has failed now
  static void stopped(Node* node) noexcept;

  std::mutex mutex;
  std::optional<StopCause> asked;  // to stop; under the mutex
  Kernel* kernel = nullptr;        // while the runtime lives; under the mutex
  bool over = false;               // the last of its runtimes has ended; under the mutex
  ThreadEnd end;
  std::thread thread;
  unsigned number = 0;
  Restart restart{};
  std::deque<Instant> failures;  // of late, oldest first
  std::atomic<unsigned> restarts{0};
  std::optional<unsigned> next_seat;  // where it is made anew
  Duration spin{};
};

template <class F, class... B> struct SeatThreadOf final : SeatThread {
  SeatThreadOf(F&& f, B&&... b) : make(std::move(f)), args(std::move(b)...) {}
  StopCause live(Runtime& rt) noexcept override {
    using Made = std::invoke_result_t<F&, Runtime&, B...>;
    const auto makes = [&]() -> decltype(auto) {
      return std::apply([&](B&... b) -> Made { return make(rt, next(b)...); }, args);
    };
    if constexpr (std::is_void_v<Made>) {
      TROUPE_TRY { makes(); }
      TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
      return drive(rt);
    } else {
      std::optional<Made> made;
      TROUPE_TRY { made.emplace(makes()); }
      TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
      return drive(rt);
    }
  }
  // What the factory is given: where it may be called again, a copy.
  template <class T> T next(T& value) {
    if constexpr (std::is_copy_constructible_v<T>)
      if (restart.most != 0) return value;
    return std::move(value);
  }
  F make;
  std::tuple<B...> args;
};

}  // namespace detail

}  // namespace troupe
