// core/life.cpp: the ends of actors.
#include <troupe/core/life.hpp>

#include <troupe/core/held.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/notice.hpp>
#include <troupe/core/put_off.hpp>
#include <troupe/core/record.hpp>

#include "end_report.hpp"
#include "parked.hpp"

namespace troupe::detail {
namespace {

struct EndLater {
  EndLater(Box& b, StopCause&& c) noexcept : box(b), cause(std::move(c)) { box.own(); }
  EndLater(const EndLater&) = delete;
  ~EndLater() { box.disown(); }
  void operator()(Core&) noexcept { end_actor(box, std::move(cause)); }
  Box& box;
  StopCause cause;
};

// Beyond the queue's bound too: an end relieves a busy runtime. False: no memory.
bool end_later(Box& b, StopCause&& cause) noexcept {
  CallQueue& q = b.kernel().here().main;
  if (!q.reserve(record_size<EndLater>)) return false;
  push_reserved_record<EndLater>(q, [] {}, b, std::move(cause));
  return true;
}

struct LastTask {  // ends an actor that only waited for its tasks; not at once: this may be inside
                   // a handler of it
  LastTask(Box& b) noexcept : box(b) { box.ref(); }
  LastTask(const LastTask&) = delete;
  ~LastTask() { box.unref(); }
  void operator()(Core&) noexcept {
    if (!box.tasks && box.last_task_stops) end_actor(box, StopCause(StopCause::stopped));
  }
  Box& box;
};

StopCause take_cause(Kernel& k) noexcept {
  k.stopping_actor = nullptr;
  return std::exchange(k.cause, StopCause());
}

void finish(Box& b, StopCause&& cause, ActorState was) noexcept {
  Kernel& k = b.kernel();
  b.state = ActorState::zombie;
  const bool had_state =
      was == ActorState::ready || was == ActorState::leaving || was == ActorState::parked;
  {
    const Why otherwise =
        had_state ? Why::dropped : Why::lost;  // its own Rets; calls that it never took
    DropScope why{cause.has_error() ? Why::failed : DropScope::why_or(otherwise), &b,
                  &cause.error()};
    if (had_state) [[likely]]
      b.type->destroy(b);
    else
      drop_held(std::exchange(b.held(), nullptr));
  }
  if (k.logger.allows(LogLevel::close) || cause.has_error() || b.named) [[unlikely]] {
    if (was != ActorState::parked) report_failure(b, cause);
    if (!b.closed) report_close(b, cause);
  }
  if (b.notice) {
    tell_end(b, cause);
    free_notice(b);
  }
  b.unref();
}

}  // namespace

// ---- ends that are said
// The first cause wins; ignored while ending. A cause waits in the kernel for the end of its
// actor's turn. Where this may be inside the turn of another one (a destructor of a task that is
// dropped, a function that hears of a stop), or in none (a coroutine of a foreign type that the
// host resumes), it waits in a record of its own.
void say_end(Box& b, StopCause&& cause) noexcept {
  if (!b.can_fail()) return;
  b.check_lent();
  Kernel& k = b.kernel();
  b.state = b.state == ActorState::prep ? ActorState::leaving_prep : ActorState::leaving;
  if (k.stopping_actor || DropScope::any() || Kernel::current != &k) {
    if (!end_later(b, std::move(cause))) k.sweep = true;
    return;
  }
  k.cause = std::move(cause);
  k.stopping_actor = &b;
  k.stopping_item = k.item();
}

void end_stopping(Box& b) noexcept {
  Kernel& k = b.kernel();
  if (k.stopping_actor != &b) return;  // a record of the queue ends it
  if (k.put_off) [[unlikely]] {
    const ActorFail why = fail_of_stopping(b, k.cause);
    const DropScope scope(why);
    answer_put_off(k.core, k.stopping_item);
  }
  end_actor(b, take_cause(k));
}

void kill(Box& b, Error&& error) {
  if (!end_later(b, StopCause(StopCause::killed, std::move(error)))) TROUPE_THROW(std::bad_alloc{});
}

Thrown::Thrown(Box& b) noexcept
    : ends{b, Error(std::current_exception())}, why(Why::failed, &b, &ends.error) {
  Kernel& k = b.kernel();
  answer_put_off(k.core, k.item());
  drop_held(std::exchange(k.flush, nullptr));  // a preparing handler threw behind ready()
}

// The first cause wins; the log hears of what was thrown behind it.
Thrown::Ends::~Ends() {
  if (box.can_fail()) {
    end_actor(box, StopCause(StopCause::failed, error));
  } else {
    if (!box.has_ended())
      troupe::error(LogAs(box.core(), box.id()), error.text(), kv("actor", box.type->name));
    end_if_leaving(box);
  }
}

// ---- ends that come
void end_dropped(Box& b) noexcept { end_actor(b, StopCause(StopCause::dropped)); }

void never_constructed(Box& b, Why why) noexcept {
  end_actor(b, StopCause(StopCause::failed, Error(to_string(why))));
}

// Something that starts it may be queued already: so that is decided when the queue is empty.
void never_started(Box& b, Why why) noexcept {
  if (b.state != ActorState::prep || why == Why::ended) return;
  b.refused = why == Why::overloaded ? 1 : 2;
  b.kernel().sweep = true;
}

void stop_when_idle(Box& b) noexcept {
  Kernel& k = b.kernel().here();
  push_record<LastTask>(k.main, [&] { k.sweep = true; }, b);
}

void task_gone(Box& b) noexcept {
  if (b.has_parked && parked_tasks(b) == 0) b.has_parked = false;
  if (b.last_task_stops && !b.tasks && !b.has_ended()) return stop_when_idle(b);
  if (b.state != ActorState::parked || b.has_parked)
    return;  // while dying, end_actor() itself looks
  StopCause cause;
  if (Notice* n = b.notice) {
    cause = std::move(n->cause);
    b.kernel().timers.erase(n->limit);
  }
  finish(b, std::move(cause), ActorState::parked);
}

std::size_t sweep(Kernel& k, std::size_t most) noexcept {
  std::size_t left = most;
  if (k.stopping_actor) end_late_stop(k), --left;
  if (!std::exchange(k.sweep, false)) return most - left;
  if (k.tasks.late) left -= k.tasks.late->hooks().resume_late(k.core, left);
  each_actor(k, [&](Box& b) {
    const bool idles = b.last_task_stops && !b.tasks;
    const bool refused = b.refused != 0 && b.state == ActorState::prep;
    if (b.owners != 0 && !idles && !refused && b.can_fail()) return;
    if (left == 0) {
      k.sweep = true;
      return;
    }
    --left;
    if (!b.can_fail())
      end_actor(b,
                StopCause(StopCause::failed, Error("out of memory")));  // its own cause found none
    else if (b.owners == 0)
      end_actor(b, StopCause(StopCause::dropped));
    else if (refused)
      end_actor(b, StopCause(StopCause::failed,
                             Error(to_string(b.refused == 1 ? Why::overloaded : Why::no_memory))));
    else
      end_actor(b, StopCause(StopCause::stopped));
  });
  if (k.tasks.late) k.sweep = true;
  return most - left;
}

// ---- the end
void end_actor(Box& b, StopCause&& cause) noexcept {
  const ActorState was = b.state;
  if (b.has_ended()) return;
  Kernel& k = b.kernel();
  b.state = ActorState::dying;
  if (k.stopping_actor == &b) [[unlikely]]
    cause = take_cause(k);
  if (b.watches) [[unlikely]]
    forget_watches(b);
  if (!b.tasks && !b.has_parked) [[likely]]
    return finish(b, std::move(cause), was);
  b.ref();
  {
    DropScope why{cause.has_error() ? Why::failed : DropScope::why_or(Why::lost), &b,
                  &cause.error()};
    const ActorFail fail = DropScope::reason();
    while (b.tasks) b.tasks->hooks().drop(b.tasks, fail);
  }
  if (b.has_parked)
    wait_for_parked(b, std::move(cause));
  else
    finish(b, std::move(cause), was);
  b.unref();
}

}  // namespace troupe::detail
