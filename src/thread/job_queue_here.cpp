// thread/job_queue_here.cpp: a pool without threads: its jobs are items of their own runtime.
#include <troupe/core/due.hpp>
#include <troupe/thread/job_queue.hpp>

namespace troupe::detail {

// The away side of a job that runs by a timer of its runtime.
class JobQueue::HereLater {
 public:
  explicit HereLater(JobHead& job) noexcept : job_(job) {}
  HereLater(HereLater&&) noexcept = default;
  ~HereLater() {
    if (job_) give_up(ActorFail(Why::ended));
  }
  void operator()(Core&) {
    const JobHold job = std::move(job_);
    job->queue_.run_here(*job.operator->());
  }
  void give_up(ActorFail&& why) noexcept {
    const JobHold job = std::move(job_);
    JobQueue& queue = job->queue_;
    if (!queue.leave(*job.operator->())) return;
    job->hand_back_unrun(std::move(why));
    queue.begin_here();
  }

 private:
  JobHold job_;
};

void JobQueue::begin_here() noexcept {
  if (std::exchange(begins_, true)) return;
  for (;;) {
    JobHead* job = nullptr;
    {
      const std::lock_guard hold(mutex_);
      if (running_count_ < most_threads_) job = begin_next();
    }
    if (!job) break;
    begin_later(*job);
  }
  begins_ = false;
}

void JobQueue::begin_later(JobHead& job) noexcept {
  HereLater later_here(job);
  Core& core = job.core_;
  Duration takes{};
  TROUPE_TRY { takes = durations_(begun_++); }
  TROUPE_CATCH_ALL { return later_here.give_up(fail_of(std::current_exception())); }
  const JobHold keep(job);
  TROUPE_TRY { job.ends_ = add_fixed(core, later(core.now(), takes), std::move(later_here)); }
  TROUPE_CATCH_ALL { later_here.give_up(ActorFail(Why::no_memory)); }
}

// A function that takes no JobStop would not notice: it keeps its time.
void JobQueue::let_notice(JobHead& job) noexcept {
  if (has_threads() || !job.ops_->takes_stop) return;
  {
    const std::lock_guard hold(mutex_);
    if (job.state_ != JobHead::State::runs) return;
  }
  struct RunNow {
    JobHold job;
    void operator()(Core&) const noexcept { job->queue_.run_here(*job.operator->()); }
  } now{JobHold(job)};
  queue_now(job.core_, now);  // where there is no room its timer comes
}

// As on a thread of its own, it sees no runtime.
void JobQueue::run_here(JobHead& job) noexcept {
  if (!leave(job)) return;  // it was run before its time, by a stop or the end of the pool
  kernel_of(job.core_).timers.erase(job.ends_);
  Kernel* const before = std::exchange(Kernel::current, nullptr);
  job.ops_->run(job);
  Kernel::current = before;
  job.hand_back();
  begin_here();
}

}  // namespace troupe::detail
