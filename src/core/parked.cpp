// core/parked.cpp: how the end of an actor waits for its parked tasks.
#include "parked.hpp"

#include <atomic>
#include <troupe/core/notice.hpp>

#include "end_report.hpp"

namespace troupe::detail {

std::uint32_t parked_tasks(const Box& b) noexcept {
  std::uint32_t n = 0;
  for (const OwnedTask* t = b.kernel().tasks.parked; t; t = t->next)
    if (t->box == &b) ++n;
  return n;
}

static void tell_parked(Box& b) noexcept;
static bool park_limit_reached(Core* core, std::byte* payload) noexcept;

// Its state waits until foreign code has let go of its tasks; who wants to hear of its end waits
// only so long.
void wait_for_parked(Box& b, StopCause&& cause) noexcept {
  b.state = ActorState::parked;
  Kernel& k = b.kernel();
  report_failure(b, cause);  // at once: the wait may be long
  if (!b.notice) b.notice = empty_notice(k);
  if (!b.notice) {  // nothing remembers the cause
    report_close(b, cause);
    b.closed = true;
    return;
  }
  b.notice->cause = std::move(cause);
  if (!b.notice->is_heard() || k.is_ending()) return;  // the runtime's end sees to it
  TROUPE_TRY {
    b.notice->limit =
        k.timers.add_fixed(later(k.now, k.tasks.park_limit), k.now, [&](TimerCall& call) noexcept {
          call.step = &park_limit_reached;
          Box* box = &b;
          std::memcpy(call.payload, &box, sizeof(box));
        });
  }
  TROUPE_CATCH_ALL { tell_parked(b); }
}

// The box outlives the timer: whatever ends the wait takes the timer away.
static bool park_limit_reached(Core* core, std::byte* payload) noexcept {
  Box* box;
  std::memcpy(&box, payload, sizeof(box));
  if (core) tell_parked(*box);
  return true;
}

static void tell_parked(Box& b) noexcept {
  const StopCause cause = b.notice->cause;  // which its close record will need as well
  tell_end(b, with_parked(cause, parked_tasks(b)));
}

// What foreign code keeps for ever is leaked, with this core, which it names, and stays reachable,
// so that tools for leaks find only others.
void abandon_parked(Kernel& k) noexcept {
  static std::atomic<Core*> left_behind{nullptr};
  if (k.tasks.parked) {
    k.retain();  // their memory need not be of its pool
    k.tasks.left_behind = left_behind.exchange(std::addressof(k.core));
  }
  k.pool.each_box([](void* cell) {
    auto& b = *static_cast<Box*>(cell);
    if (b.state == ActorState::parked && b.notice && b.notice->is_heard()) tell_parked(b);
  });
}

}  // namespace troupe::detail
