// thread/job_stop.hpp: `JobStop`: how a job hears that nobody waits for it any more.
#pragma once
#include <troupe/thread/job_queue.hpp>

namespace troupe {

/// Tells a job of a `Pool` that it may stop: a function that takes one as its first parameter is
/// given it. A job that takes long looks at it now and then, and returns what it likes: where the
/// stop was a cancel, its result goes nowhere. A counted value of 8 bytes; any thread, and several
/// at once. Empty by default: nothing will ever be requested.
class JobStop {
 public:
  JobStop() noexcept = default;
  explicit JobStop(detail::JobHold job) noexcept : job_(std::move(job)) {}
  /// Whether a stop was requested; it stays so. One atomic load.
  bool stop_requested() const noexcept { return job_ && job_->stop_requested(); }
  /// Whether it belongs to a job at all.
  bool stop_possible() const noexcept { return bool(job_); }

 private:
  detail::JobHold job_;
};

}  // namespace troupe
