// thread/pool.hpp: `Pool`: threads for work that blocks, or that computes for long.
//
// Whoever owns the Pool ends it; whoever offloads work to it holds a PoolRef.
#pragma once
#include <troupe/thread/job_queue.hpp>
#include <utility>

namespace troupe {

class PoolRef;

/// How a `Pool` behaves.
struct PoolOptions {
  /// Threads at most, which is how many jobs run at once; 0 counts as 1. Each starts when a job
  /// finds none that is free.
  std::size_t threads = 4;
  /// Jobs that wait for a thread at most; beyond it a job is refused, and hears `overloaded`. Those
  /// of offload_when_room() wait beyond it.
  std::size_t bound = 1024;
  /// How long a thread without a job is kept, in real time; at the end of the pool it goes at once.
  AnyDuration idle = std::chrono::seconds(10);
  /// How long the end of the pool waits in silence, in real time, for jobs that were asked to stop;
  /// then it says so on stderr, once, and waits on.
  AnyDuration end_warning = std::chrono::seconds(10);
  /// What the system's tools call its threads: this, a dash and a number from 1 on, of which Linux
  /// keeps 15 characters.
  std::string name = "offload";
};

/// Owns threads that run the jobs of `offload` (thread/offload.hpp), for any number of runtimes at
/// once. No thread starts before a job needs one, up to `PoolOptions::threads`; one that has had no
/// job for `PoolOptions::idle` goes. Jobs begin in the order in which they came, whoever gave them.
///
/// The destructor ends it: jobs that wait are not run, and hear `lost` ("the pool has ended");
/// those that run are asked to stop (`JobStop`), are waited for, and answer as ever; the threads
/// are joined. So it blocks for as long as a job does that runs (`PoolOptions::end_warning` says
/// when that is told): on a runtime's thread, for which no job may wait then. Jobs that are
/// offloaded later hear `lost`.
///
/// Move-only; empty after a move, as one that has ended. Thread: made, moved and destroyed on any,
/// by one at a time, but not within a job: a job may hold a `PoolRef`. It may end before the
/// runtimes that use it or after them. 8 bytes.
class Pool {
 public:
  using troupe_of_one_runtime = void;  // a job that owned its pool would wait for itself
  /// @throws std::bad_alloc when there is no memory
  explicit Pool(PoolOptions options = {}) : Pool(std::move(options), {}) {}
  /// One without threads, for tests and for systems that have none: a job is an item of its own
  /// runtime, which runs when its duration is over, in virtual time or in real. A stop that is
  /// requested meanwhile cuts the duration of a function that takes a `JobStop`: it runs in the
  /// next turn, sees the stop from its beginning, and its place is free. Another one, also where it
  /// was cancelled, keeps its place for its duration, as it would keep a thread. All else is as
  /// with threads: as many run at once as `PoolOptions::threads` says, the others wait in order,
  /// within the bound. Used on the thread of its runtimes only. At its end the jobs that run are
  /// run to their end there.
  /// @param duration called for each job as it begins, with its number from 0 on: how long it
  /// takes. Where it throws, the job fails with that
  /// @throws std::bad_alloc when there is no memory
  static Pool without_threads(Callback<Duration(std::uint64_t job)> duration,
                              PoolOptions options = {}) {
    return Pool(std::move(options), std::move(duration));
  }
  /// One without threads whose jobs take equally long.
  static Pool without_threads(AnyDuration each = Duration::zero(), PoolOptions options = {}) {
    return without_threads([each = Duration(each)](std::uint64_t) { return each; },
                           std::move(options));
  }
  Pool(Pool&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
  Pool& operator=(Pool&& other) noexcept {
    Pool old(std::move(*this));
    queue_ = std::exchange(other.queue_, nullptr);
    return *this;
  }
  ~Pool() {
    if (!queue_) return;
    queue_->end();
    queue_->release();
  }
  /// What names it, for those who offload work: a Pool itself has one owner.
  PoolRef ref() const noexcept;
  /// Jobs that have not begun. Any thread; a lock.
  std::size_t waiting() const noexcept { return queue_ ? queue_->waiting() : 0; }
  /// Jobs that run. Any thread; a lock.
  std::size_t running() const noexcept { return queue_ ? queue_->running() : 0; }
  /// Threads that there are now, with and without a job. Any thread; a lock.
  std::size_t threads() const noexcept { return queue_ ? queue_->threads() : 0; }

 private:
  friend class PoolRef;
  Pool(PoolOptions&& options, detail::JobQueue::Durations&& durations)
      : queue_(new detail::JobQueue(options.threads, options.bound, options.idle,
                                    options.end_warning, std::move(options.name),
                                    std::move(durations))) {}
  detail::JobQueue* queue_;
};

/// Names a `Pool`, for those who offload work: a counted value of 8 bytes that may be copied, kept
/// and sent to other threads, and does not keep the pool from its end. Made of a Pool wherever one
/// is wanted. Empty by default, as of a pool that has ended.
class PoolRef {
 public:
  PoolRef() noexcept = default;
  PoolRef(const Pool& pool) noexcept : queue_(pool.queue_) { retain(); }
  PoolRef(const PoolRef& other) noexcept : queue_(other.queue_) { retain(); }
  PoolRef(PoolRef&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)) {}
  PoolRef& operator=(PoolRef other) noexcept { return std::swap(queue_, other.queue_), *this; }
  ~PoolRef() {
    if (queue_) queue_->release();
  }

  // For offload(): null of an empty one.
  detail::JobQueue* queue() const noexcept { return queue_; }

 private:
  void retain() const noexcept {
    if (queue_) queue_->retain();
  }
  detail::JobQueue* queue_ = nullptr;
};

inline PoolRef Pool::ref() const noexcept { return PoolRef(*this); }

}  // namespace troupe
