// thread/seat_thread.cpp: the loop of such a thread, the order to stop, and the count of failures.
#include <troupe/thread/seat_thread.hpp>

#include <troupe/thread/awake_host.hpp>

namespace troupe::detail {

// Its runtime takes the order as an item of its inbox. Where it is not there yet it looks, and
// where it has ended nobody need be told.
void SeatThread::stop(const StopCause& cause) noexcept {
  const std::lock_guard hold(mutex);
  if (asked) return;
  asked = cause;
  if (kernel) kernel->inbox->push(this);
}

void SeatThread::stopped(Node* node) noexcept {
  auto& self = *static_cast<SeatThread*>(node);
  const std::lock_guard hold(self.mutex);
  Core& core = self.kernel->core;
  if (core.not_shutdown()) core.shutdown(*self.asked);
}

StopCause SeatThread::drive(Runtime& rt) noexcept {
  Inbox& inbox = *kernel_of(rt.core()).inbox;
  AwakeHost host(rt);
  host.set_spin(spin);
  host.look_at_clock();
  TROUPE_TRY {
    bool idle = false;
    while (rt.not_shutdown()) {
      const RunResult left = host.run(idle);
      if (!rt.not_shutdown()) break;
      idle = host.wait(
          left, [] { return false; }, [&inbox](Duration longest) { inbox.wait(longest); });
    }
  }
  TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
  return rt.shutdown_reason().value_or(StopCause(StopCause::stopped));
}

bool SeatThread::may_restart(Instant now) noexcept {
  if (restart.most == 0) return false;
  while (!failures.empty() && now - failures.front() >= restart.within) failures.pop_front();
  if (failures.size() >= restart.most) return false;
  TROUPE_TRY { failures.push_back(now); }
  TROUPE_CATCH_ALL { return false; }
  return true;
}

}  // namespace troupe::detail
