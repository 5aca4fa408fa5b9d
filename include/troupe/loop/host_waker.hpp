// loop/host_waker.hpp: from a wake-up on any thread to whichever loop holds the runtime now.
//
// A runtime takes one poll waker for its life, but may be held by one loop after the other. So the
// loops of this room install this one, once, and set its target as they come and go.
#pragma once
#include <memory>
#include <mutex>
#include <thread>
#include <troupe/core/runtime.hpp>

namespace troupe {

/// What wakes the loop of a runtime from other threads. Made for the first loop that holds the
/// runtime, and kept in its environment; outlives it where another thread still holds on to it.
class HostWaker {
 public:
  /// The waker of this runtime. Ends the process when the host has set a poll waker of its own
  /// before.
  static std::shared_ptr<HostWaker> of(Runtime& rt);
  /// From now on wake-ups call `wake`, from any thread and under a lock: it must not block, throw
  /// or call back. Those of the runtime's own thread (what is queued there outside of a run) call
  /// `wake_here` instead, without a lock, where that is given. Ends the process when another loop
  /// holds the runtime. The runtime's thread.
  void attach(Callback<void()> wake, Callback<void()> wake_here = {});
  /// No call of it is going on, and none comes any more, when this returns.
  void detach() noexcept;
  /// Any thread.
  void wake() noexcept;

 private:
  const std::thread::id thread_ = std::this_thread::get_id();  // the runtime's
  Callback<void()> wake_here_;
  std::mutex mutex_;
  Callback<void()> wake_;
};

namespace detail {
/// Ends the process when the runtime has timers and has never been told the time: they would all be
/// due at once.
void expect_real_time(const Runtime& rt) noexcept;
}  // namespace detail

}  // namespace troupe
