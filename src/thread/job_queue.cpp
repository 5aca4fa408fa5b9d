// thread/job_queue.cpp: what becomes of a job at home, and the threads that run it.
#include <troupe/core/due.hpp>
#include <troupe/core/notice.hpp>
#include <troupe/core/ret_do.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/thread/job_queue.hpp>
#include <troupe/thread/thread_end.hpp>

#include <pthread.h>

#include <algorithm>
#include <cstdio>

namespace troupe::detail {
namespace {

constexpr Duration longest_idle_wait = std::chrono::hours(24);  // then it waits anew

void name_this_thread([[maybe_unused]] const std::string& name, std::size_t number) noexcept {
#if defined(__linux__)
  char text[16];
  std::snprintf(text, sizeof(text), "%.10s-%zu", name.c_str(), number);
  ::pthread_setname_np(::pthread_self(), text);
#endif
}

}  // namespace

// ---- a job, at home
JobHead::JobHead(Core& core, JobQueue& queue, const Ops& ops) noexcept
    : AtEnd(&end_of_runtime),
      ops_(&ops),
      inbox_(*kernel_of(core).inbox),
      core_(core),
      queue_(queue),
      counts_(queue.has_threads()) {
  this->Node::run = &heard;
  AtEnd::link(kernel_here(core).at_end);
  queue.retain();
  if (counts_) ++kernel_of(core).jobs_out;
}

JobHead::~JobHead() { queue_.release(); }

void JobHead::end_with(Box& asker) {
  watch_ = add_watch(asker, ret_do<StopCause>(
                                [](const JobHold& job, const Reply<StopCause>& ended) {
                                  if (ended) job->cancel(ActorFail(Why::lost));
                                },
                                JobHold(*this)));
  asker_ = std::addressof(asker);
}

void JobHead::end_with_ret() noexcept {
  asks_ret_ = true;
  kernel_of(core_).asker_left = &asker_left;
}

// Within the end of a task or an actor, often: so it is looked at in a turn of its own, once.
void JobHead::asker_left(Core& core) noexcept {
  struct CancelUnwanted {
    void operator()(Core& here) const noexcept { cancel_unwanted(here); }
  } check;
  kernel_of(core).asker_left = nullptr;
  if (!queue_now(core, check)) kernel_of(core).asker_left = &asker_left;
}

// What a Ret tells may end other jobs, or begin some.
void JobHead::cancel_unwanted(Core& core) noexcept {
  Kernel& k = kernel_of(core);
  AtEnd* side = k.at_end;
  while (side) {
    JobHead* const job = side->end == &end_of_runtime ? static_cast<JobHead*>(side) : nullptr;
    side = side->next;
    if (!job || !job->asks_ret_ || job->over_) continue;
    k.asker_left = &asker_left;
    if (job->ops_->is_wanted(*job)) continue;
    job->cancel(ActorFail(Why::cancelled));
    side = k.at_end;
  }
}

bool JobHead::settle() noexcept {
  if (std::exchange(over_, true)) return false;
  if (counts_) --kernel_of(core_).jobs_out;
  // Its Ret, which names the actor, is still there.
  if (Box* const asker = std::exchange(asker_, nullptr)) end_watch(*asker, watch_);
  return true;
}

void JobHead::tell(const ActorFail& why) noexcept {
  TROUPE_TRY { ops_->fail(*this, why); }
  TROUPE_CATCH_ALL { throw_later(core_, std::current_exception()); }
}

void JobHead::leave_home() noexcept {
  ops_->drop(*this);
  AtEnd::unlink();
  release();  // the away side's count
  release();
}

void JobHead::go(bool beyond_bound) noexcept {
  if (kernel_of(core_).is_ending()) return refuse(ActorFail(Why::ended));
  if (const auto why = queue_.take(*this, beyond_bound)) refuse(*why);
}

void JobHead::refuse(const ActorFail& why) noexcept {
  if (settle()) tell(why);
  leave_home();
}

void JobHead::cancel(const ActorFail& why) noexcept {
  if (!settle()) return;
  const JobHold keep(*this);
  const bool waited = queue_.take_back(*this);
  if (!waited) queue_.let_notice(*this);
  tell(why);
  if (waited) leave_home();
}

void JobHead::ask_to_stop() noexcept {
  request_stop();
  queue_.let_notice(*this);
}

void JobHead::heard(Node* node) noexcept {
  JobHead& job = *static_cast<JobHead*>(node);
  job.AtEnd::unlink();
  if (job.settle()) {
    if (job.why_not_) {
      job.tell(*job.why_not_);
    } else if (job.threw_) {
      // It dies here, and on no other thread.
      const std::exception_ptr threw = std::exchange(job.threw_, nullptr);
      if (!job.ops_->tells_failure(job)) unheard(job.core_, threw, "a job of a pool");
      job.tell(fail_of(threw));
    } else {
      TROUPE_TRY { job.ops_->answer(job); }
      TROUPE_CATCH_ALL { throw_later(job.core_, std::current_exception()); }
    }
  }
  job.threw_ = nullptr;
  job.ops_->drop(job);  // who still names the job keeps no result
  job.release();
}

// The inbox is closed: it is not heard any more.
void JobHead::end_of_runtime(AtEnd& self) noexcept {
  JobHead& job = static_cast<JobHead&>(self);
  const bool waited = job.queue_.take_back(job);
  if (job.settle()) job.tell(ActorFail(Why::ended));
  if (waited) {
    job.ops_->drop(job);
    job.release();
  }
  job.release();
}

// ---- a job, away
// Its home may let go of it as soon as it is pushed.
void JobHead::hand_back() noexcept {
  inbox_->push(this);
  release();
}

void JobHead::hand_back_unrun(ActorFail&& why) noexcept {
  ops_->drop(*this);
  why_not_.emplace(std::move(why));
  hand_back();
}

// ---- the queue
JobQueue::JobQueue(std::size_t threads, std::size_t bound, Duration idle, Duration end_warning,
                   std::string name, Durations durations)
    : most_threads_(std::max<std::size_t>(threads, 1)),
      bound_(bound),
      idle_time_(idle),
      end_warning_(end_warning),
      name_(std::move(name)),
      durations_(std::move(durations)),
      slots_(durations_ ? nullptr : new Slot[most_threads_]) {}

JobQueue::~JobQueue() = default;

std::size_t JobQueue::waiting() const noexcept {
  const std::lock_guard hold(mutex_);
  return waiting_count_;
}
std::size_t JobQueue::running() const noexcept {
  const std::lock_guard hold(mutex_);
  return running_count_;
}
std::size_t JobQueue::threads() const noexcept {
  const std::lock_guard hold(mutex_);
  return live_;
}

void JobQueue::append(JobList& list, JobHead& job) noexcept {
  job.before_ = std::exchange(list.last, &job);
  job.behind_ = nullptr;
  (job.before_ ? job.before_->behind_ : list.first) = &job;
}

void JobQueue::remove(JobList& list, JobHead& job) noexcept {
  (job.before_ ? job.before_->behind_ : list.first) = job.behind_;
  (job.behind_ ? job.behind_->before_ : list.last) = job.before_;
}

JobHead* JobQueue::begin_next() noexcept {
  JobHead* const job = waiting_.first;
  if (!job) return nullptr;
  remove(waiting_, *job);
  --waiting_count_;
  append(running_, *job);
  ++running_count_;
  job->state_ = JobHead::State::runs;
  return job;
}

// The bound is on what waits for a thread that is busy: so it does not matter whether those that
// are free have come to their jobs yet.
std::optional<ActorFail> JobQueue::take(JobHead& job, bool beyond_bound) noexcept {
  {
    const std::lock_guard hold(mutex_);
    if (ended_) return ActorFail(Why::lost, Error("the pool has ended"));
    const std::size_t all = waiting_count_ + running_count_;
    if (!beyond_bound && all >= most_threads_ && all - most_threads_ >= bound_)
      return ActorFail(Why::overloaded);
    // A thread that runs no job looks for one before it goes.
    if (has_threads() && all >= live_ && live_ < most_threads_)
      if (auto why = start_thread()) return why;
    append(waiting_, job);
    ++waiting_count_;
    job.state_ = JobHead::State::waits;
  }
  if (has_threads())
    ready_.notify_one();
  else
    begin_here();
  return std::nullopt;
}

bool JobQueue::take_back(JobHead& job) noexcept {
  const std::lock_guard hold(mutex_);
  job.request_stop();
  if (job.state_ != JobHead::State::waits) return false;
  remove(waiting_, job);
  --waiting_count_;
  job.state_ = JobHead::State::back;
  return true;
}

bool JobQueue::leave(JobHead& job) noexcept {
  const std::lock_guard hold(mutex_);
  if (job.state_ != JobHead::State::runs) return false;
  remove(running_, job);
  --running_count_;
  job.state_ = JobHead::State::back;
  return true;
}

void JobQueue::end() noexcept {
  JobList lost;
  {
    const std::lock_guard hold(mutex_);
    ended_ = true;
    lost = std::exchange(waiting_, {});
    waiting_count_ = 0;
    for (JobHead* job = lost.first; job; job = job->behind_) job->state_ = JobHead::State::back;
  }
  ready_.notify_all();
  for (JobHead* job = lost.first; job;) {
    JobHead* const next = job->behind_;
    job->hand_back_unrun(ActorFail(Why::lost, Error("the pool has ended")));
    job = next;
  }
  {  // behind those that wait: so they hear first
    const std::lock_guard hold(mutex_);
    for (JobHead* job = running_.first; job; job = job->behind_) job->request_stop();
  }
  if (!has_threads()) {
    while (JobHead* const job = running_.first) run_here(*job);
    return;
  }
  for (std::size_t n = 0; n != most_threads_; ++n) {
    std::thread& thread = slots_[n].thread;
    if (thread.get_id() == std::this_thread::get_id())
      panic("a Pool ended on one of its own threads: a job held it, give it a PoolRef", "Pool");
  }
  wait_for_threads();
  for (std::size_t n = 0; n != most_threads_; ++n)
    if (slots_[n].thread.joinable()) slots_[n].thread.join();
}

void JobQueue::wait_for_threads() {
  std::unique_lock lock(mutex_);
  if (left_.wait_for(lock, std::min(end_warning_, longest_silence), [this] { return live_ == 0; }))
    return;
  std::fprintf(stderr,
               "troupe: the end of a Pool (%s) has waited %.3f s for %lu job(s) that were asked to "
               "stop\n",
               name_.c_str(), std::chrono::duration<double>(end_warning_).count(),
               static_cast<unsigned long>(running_count_));
}

// ---- its threads
// Only the first one must start: where there are others, the job waits for them.
std::optional<ActorFail> JobQueue::start_thread() noexcept {
  Slot* free = slots_.get();
  while (free->is_live) ++free;
  // The one before has left, but may still be at the destructors of its thread_local objects: the
  // new thread waits for those, and not whoever gives the job.
  free->before = std::move(free->thread);
  TROUPE_TRY {
    free->thread = std::thread([this, free] {
      if (free->before.joinable()) free->before.join();
      work(*free);
    });
    free->is_live = true;
    ++live_;
  }
  TROUPE_CATCH_ALL {
    free->thread = std::move(free->before);
    if (live_ == 0) return fail_of(std::current_exception());
  }
  return std::nullopt;
}

void JobQueue::work(Slot& slot) noexcept {
  name_this_thread(name_, static_cast<std::size_t>(&slot - slots_.get()) + 1);
  std::unique_lock lock(mutex_);
  for (;;) {
    if (JobHead* const job = begin_next()) {
      lock.unlock();
      job->ops_->run(*job);
      leave(*job);
      job->hand_back();
      lock.lock();
    } else if (ended_ || !wait_for_job(lock)) {
      break;
    }
  }
  slot.is_live = false;
  if (--live_ == 0) left_.notify_all();  // under the mutex: the queue lives until it is joined
}

bool JobQueue::wait_for_job(std::unique_lock<std::mutex>& lock) {
  const auto has_news = [this] { return waiting_.first || ended_; };
  bool news = false;
  for (Duration left = idle_time_; !news && left > Duration::zero();) {
    const Duration step = std::min(left, longest_idle_wait);
    news = ready_.wait_for(lock, step, has_news);
    if (left != Duration::max()) left -= step;
  }
  return news || has_news();
}

}  // namespace troupe::detail
