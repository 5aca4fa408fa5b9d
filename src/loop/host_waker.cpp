// loop/host_waker.cpp: one waker a runtime, whatever loop holds it.
#include <troupe/loop/host_waker.hpp>

namespace troupe {

std::shared_ptr<HostWaker> HostWaker::of(Runtime& rt) {
  Core& core = rt;
  if (auto* waker = core.anymap_try_get<std::shared_ptr<HostWaker>>()) return *waker;
  auto waker = std::make_shared<HostWaker>();
  rt.set_poll_waker([waker]() noexcept { waker->wake(); });
  core.anymap_set<std::shared_ptr<HostWaker>>(waker);
  return waker;
}

void HostWaker::attach(Callback<void()> wake, Callback<void()> wake_here) {
  const std::lock_guard lock(mutex_);
  if (wake_) panic("a runtime is held by one loop at a time", "HostWaker::attach");
  wake_ = std::move(wake);
  wake_here_ = std::move(wake_here);
}

void HostWaker::detach() noexcept {
  const std::lock_guard lock(mutex_);
  wake_ = {};
  wake_here_ = {};
}

void HostWaker::wake() noexcept {
  if (std::this_thread::get_id() == thread_ && wake_here_) return wake_here_();
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

void detail::expect_real_time(const Runtime& rt) noexcept {
  if (rt.now() == Instant{} && rt.live_timers() != 0)
    panic("timers were set before the runtime knew the time: make it with Runtime rt{Clock::now()}",
          "loop");
}

}  // namespace troupe
