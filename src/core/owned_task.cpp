// core/owned_task.cpp: actors whose end waits for their tasks: for the parked, and for the last where they asked for
// it.
#include <troupe/core/owned_task.hpp>

#include <atomic>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/notice.hpp>
#include <troupe/core/timer.hpp>

namespace troupe::detail {

std::uint32_t Access::parked_tasks(const CxBase& b) noexcept {
  std::uint32_t n = 0;
  for (const OwnedTask* t = core_of(std::addressof(b)).tasks_.parked; t; t = t->next)
    if (t->box == std::addressof(b)) ++n;
  return n;
}

// Its state waits until foreign code has let go of its tasks; who wants to hear of its end waits only so long.
void Access::wait_for_parked(CxBase& b, StopCause&& cause) noexcept {
  b.state_ = ActorState::parked;
  Core& c = core_of(std::addressof(b));
  report_failure(c, b, cause);  // at once: the wait may be long
  if (!b.notice_) b.notice_ = empty_notice(c);
  if (!b.notice_) {  // nothing remembers the cause
    report_close(c, b, cause);
    b.closed_ = true;
    return;
  }
  b.notice_->cause = std::move(cause);
  if (!b.notice_->is_heard() || ending(c)) return;  // the runtime's end sees to it
  TROUPE_TRY {
    b.notice_->limit = c.timers_.add_fixed(later(c.now_, c.tasks_.park_limit), c.now_, [&](TimerCall& call) noexcept {
      call.step = &park_limit_reached;
      CxBase* box = std::addressof(b);
      std::memcpy(call.payload, &box, sizeof(box));
    });
  }
  TROUPE_CATCH_ALL { tell_parked(b); }
}

// The box outlives the timer: whatever ends the wait takes the timer away.
bool Access::park_limit_reached(Core* core, std::byte* payload) noexcept {
  CxBase* box;
  std::memcpy(&box, payload, sizeof(box));
  if (core) tell_parked(*box);
  return true;
}

void Access::tell_parked(CxBase& b) noexcept {
  StopCause cause = b.notice_->cause;  // which its close record will need as well
  cause.parked_ = parked_tasks(b);
  tell_end(b, cause);
}

// What foreign code keeps for ever is leaked, with this core, which it names, and stays reachable, so that tools for
// leaks find only others.
void Access::leave_parked(Core& c) noexcept {
  static std::atomic<Core*> left_behind{nullptr};
  if (c.tasks_.parked) {
    keep(c);  // their memory need not be of its pool
    c.tasks_.left_behind = left_behind.exchange(std::addressof(c));
  }
  c.pool_.each_box([](CxBase* b) {
    if (b->state_ == ActorState::parked && b->notice_ && b->notice_->is_heard()) tell_parked(*b);
  });
}

// Ends an actor that only waited for its tasks. Not at once: this may be inside a handler of it.
struct Access::LastTask {
  LastTask(CxBase* b) noexcept : box(b) { ref(box); }
  LastTask(const LastTask&) = delete;
  ~LastTask() { unref(box); }
  void operator()(Core&) noexcept {
    if (!box->tasks_ && box->last_task_stops_) end(*box, StopCause(StopCause::stopped));
  }
  CxBase* box;
};

void Access::stop_when_idle(CxBase& b) noexcept {
  using R = Record<LastTask>;
  constexpr std::size_t size = record_size<LastTask>;
  Core& c = core_of(std::addressof(b));
  c.main_.push<size>([&](void* p) { ::new (p) R{&R::run, {std::addressof(b)}}; }, [&] { c.sweep_ = true; });
}

void Access::task_gone(CxBase& b) noexcept {
  if (b.has_parked_ && parked_tasks(b) == 0) b.has_parked_ = false;
  if (b.last_task_stops_ && !b.tasks_ && b.state_ < ActorState::dying) return stop_when_idle(b);
  if (b.state_ != ActorState::parked || b.has_parked_) return;  // while dying, end() itself looks
  StopCause cause;
  if (Notice* n = b.notice_) {
    cause = std::move(n->cause);
    core_of(std::addressof(b)).timers_.erase(n->limit);
  }
  finish(b, std::move(cause), ActorState::parked);
}

}  // namespace troupe::detail

namespace troupe {

void CxBase::stop_after_tasks() noexcept {
  last_task_stops_ = true;
  if (!tasks_) detail::Access::stop_when_idle(*this);
}

}  // namespace troupe
