// thread/ensemble_threads.cpp: the life of such a thread, and the order to stop.
#include <troupe/thread/ensemble_threads.hpp>

#include <troupe/thread/awake_host.hpp>

namespace troupe {

namespace detail {

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

StopCause SeatThread::drive(Runtime& rt, Duration most) noexcept {
  Inbox& inbox = *kernel_of(rt.core()).inbox;
  AwakeHost host(rt);
  host.set_spin(most);
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

}  // namespace detail

void EnsembleThreads::launch(unsigned number, std::unique_ptr<detail::SeatThread> fresh) {
  detail::SeatThread& self = *fresh;
  self.most_spin = options_.spin;
  threads_.push_back(std::move(fresh));
  TROUPE_TRY {
    self.thread = std::thread([this, number, &self] {
      StopCause cause;
      TROUPE_TRY {
        Runtime rt{Clock::now()};
        all_.seat(number, rt);
        {
          const std::lock_guard hold(self.mutex);
          self.kernel = &detail::kernel_of(rt.core());
          if (self.asked) rt.core().shutdown(*self.asked);
        }
        cause = self.live(rt);
        const std::lock_guard hold(self.mutex);
        self.kernel = nullptr;
      }
      TROUPE_CATCH_ALL { cause = StopCause(StopCause::failed, Error(std::current_exception())); }
      ended(std::move(cause));
    });
  }
  TROUPE_CATCH_ALL {
    threads_.pop_back();
    TROUPE_RETHROW;
  }
}

void EnsembleThreads::ended(StopCause cause) noexcept {
  const std::lock_guard hold(mutex_);
  if (!first_ || (cause.has_error() && !first_->has_error())) first_ = std::move(cause);
}

StopCause EnsembleThreads::stop(const StopCause& cause) {
  for (auto at = threads_.rbegin(); at != threads_.rend(); ++at) {
    (*at)->stop(cause);
    if ((*at)->thread.joinable()) (*at)->thread.join();
  }
  return join();
}

StopCause EnsembleThreads::join() {
  for (const auto& one : threads_)
    if (one->thread.joinable()) one->thread.join();
  const std::lock_guard hold(mutex_);
  return first_.value_or(StopCause(StopCause::stopped));
}

}  // namespace troupe
