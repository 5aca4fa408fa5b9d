// thread/job_queue.hpp: jobs on their way to a thread and back, and the queue of a pool. (internal)
//
// A job is one block of the heap, which two sides count: its home, the runtime that offloads it,
// and its away side, the queue and the thread that runs it. The home side lets go where it hears
// that the job is back, or where the runtime ends, whichever comes; the away side where it has
// pushed the job into the inbox. One that is taken back before it has begun never goes.
//
// Invariant: what the mutex of the queue guards (`state_`, the lists) says whose the function and
// its arguments are: of the home side while the job waits, of its thread while it runs.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <troupe/base/callback.hpp>
#include <troupe/core/at_end.hpp>
#include <troupe/core/core.hpp>

namespace troupe::detail {

class JobQueue;

class JobHead : public Inbox::Node, public AtEnd {
 public:
  // ---- any thread
  void retain() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) ops_->destroy(*this);
  }
  bool stop_requested() const noexcept { return stop_.load(std::memory_order_acquire); }
  void request_stop() noexcept { stop_.store(true, std::memory_order_release); }

  // ---- the home thread
  /// Asks it to stop; one that runs without a thread of its own notices now.
  void ask_to_stop() noexcept;
  /// Hands it to its queue; where that refuses it, its Ret hears why.
  void go(bool beyond_bound) noexcept;
  void refuse(const ActorFail& why) noexcept;  // instead
  /// Its Ret hears why, its function is asked to stop, or not called; its result is discarded.
  void cancel(const ActorFail& why) noexcept;
  bool is_over() const noexcept { return over_; }

 protected:
  // What knows the types. `run` calls the function and ends it with its arguments, `drop` ends them
  // and the result; `answer` and `fail` use up the Ret.
  struct Ops {
    void (*run)(JobHead&) noexcept;
    void (*drop)(JobHead&) noexcept;
    void (*answer)(JobHead&);
    void (*fail)(JobHead&, const ActorFail&);
    bool (*tells_failure)(const JobHead&) noexcept;  // somebody would hear of one
    bool (*is_wanted)(const JobHead&) noexcept;      // as far as its Ret knows
    void (*destroy)(JobHead&) noexcept;
    bool takes_stop;  // the function is given a JobStop
  };
  JobHead(Core& core, JobQueue& queue, const Ops& ops) noexcept;
  ~JobHead();
  /// The end of that actor, to which its Ret goes, cancels it. Throws bad_alloc.
  void end_with(Box& asker);
  /// Cancels it where its Ret says later that nobody waits.
  void end_with_ret() noexcept;

  std::exception_ptr threw_;  // what the function threw, or what kept it from being called

 private:
  friend class JobQueue;
  enum class State : std::uint8_t { waits, runs, back };
  static void heard(Node* node) noexcept;
  static void end_of_runtime(AtEnd& self) noexcept;
  static void asker_left(Core& core) noexcept;
  static void cancel_unwanted(Core& core) noexcept;
  bool settle() noexcept;  // whether its Ret is still to be answered
  void tell(const ActorFail& why) noexcept;
  void leave_home() noexcept;  // it does not come back: nobody is to hear of it
  void hand_back() noexcept;   // the away side's last act
  void hand_back_unrun(ActorFail&& why) noexcept;
  const Ops* ops_;
  InboxRef inbox_;
  Core& core_;  // the home side's
  JobQueue& queue_;
  // The home side's.
  bool over_ = false;      // its Ret is used up
  bool counts_ = false;    // as one that virtual time waits for
  bool asks_ret_ = false;  // that is how it learns that nobody waits
  Box* asker_ = nullptr;
  std::uint64_t watch_ = 0;
  // Under the queue's mutex.
  State state_ = State::back;
  JobHead *before_ = nullptr, *behind_ = nullptr;
  FixedTimerKey ends_;  // without threads: when it runs
  // The away side's, until it hands it back.
  std::optional<ActorFail> why_not_;  // it was not run
  std::atomic<bool> stop_{false};
  std::atomic<std::uint32_t> refs_{2};
};

// A count of a job.
class JobHold {
 public:
  using troupe_relocatable = void;
  JobHold() noexcept = default;
  explicit JobHold(JobHead& job) noexcept : job_(&job) { job.retain(); }
  JobHold(const JobHold& other) noexcept : job_(other.job_) {
    if (job_) job_->retain();
  }
  JobHold(JobHold&& other) noexcept : job_(std::exchange(other.job_, nullptr)) {}
  JobHold& operator=(JobHold other) noexcept { return std::swap(job_, other.job_), *this; }
  ~JobHold() {
    if (job_) job_->release();
  }
  JobHead* operator->() const noexcept { return job_; }
  explicit operator bool() const noexcept { return job_ != nullptr; }

 private:
  JobHead* job_ = nullptr;
};

// A list of jobs; each is in one at most.
struct JobList {
  JobHead *first = nullptr, *last = nullptr;
};

// What a Pool and those who name it share. Jobs begin in the order in which they came.
class JobQueue {
 public:
  using Durations = Callback<Duration(std::uint64_t)>;
  /// With `durations` it has no threads: each job is an item of its own runtime, by a timer. Throws
  /// bad_alloc.
  JobQueue(std::size_t threads, std::size_t bound, Duration idle, Duration end_warning,
           std::string name, Durations durations);
  ~JobQueue();

  // ---- any thread
  void retain() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  /// What waits is lost; what runs is asked to stop, and waited for. Once.
  void end() noexcept;
  bool has_threads() const noexcept { return !durations_; }
  std::size_t waiting() const noexcept;
  std::size_t running() const noexcept;
  std::size_t threads() const noexcept;

  // ---- the home thread of the job
  /// Takes the job, or says why not.
  std::optional<ActorFail> take(JobHead& job, bool beyond_bound) noexcept;
  /// True: it waited, and is the home side's. Else it is asked to stop.
  bool take_back(JobHead& job) noexcept;
  /// Without threads: one that runs, and was asked to stop, notices in the next turn.
  void let_notice(JobHead& job) noexcept;

 private:
  struct Slot {
    std::thread thread;
    std::thread before;    // has left; joined by `thread`
    bool is_live = false;  // under the mutex
  };
  class HereLater;
  // Under the mutex.
  void append(JobList& list, JobHead& job) noexcept;
  void remove(JobList& list, JobHead& job) noexcept;
  JobHead* begin_next() noexcept;
  std::optional<ActorFail> start_thread() noexcept;

  void work(Slot& slot) noexcept;
  void wait_for_threads();
  bool wait_for_job(std::unique_lock<std::mutex>& lock);
  bool leave(JobHead& job) noexcept;  // it does not run any more; false: nor did it before
  // Without threads.
  void begin_here() noexcept;
  void begin_later(JobHead& job) noexcept;
  void run_here(JobHead& job) noexcept;

  const std::size_t most_threads_, bound_;
  const Duration idle_time_, end_warning_;
  const std::string name_;
  Durations durations_;
  mutable std::mutex mutex_;
  std::condition_variable ready_, left_;  // jobs wait; the last thread has left
  JobList waiting_, running_;
  std::size_t waiting_count_ = 0, running_count_ = 0, live_ = 0;
  bool ended_ = false;
  std::unique_ptr<Slot[]> slots_;
  bool begins_ = false;      // without threads: begin_here() goes on
  std::uint64_t begun_ = 0;  // without threads: how many have begun
  std::atomic<std::uint32_t> refs_{1};
};

}  // namespace troupe::detail
