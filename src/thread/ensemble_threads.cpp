// thread/ensemble_threads.cpp: the lives of the runtimes on such threads, and their ends in order.
#include <troupe/thread/ensemble_threads.hpp>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

#include <algorithm>
#include <cstdio>
#include <string>
#include <troupe/core/log.hpp>

namespace troupe {

void EnsembleThreads::launch(unsigned number, Restart restart,
                             std::unique_ptr<detail::SeatThread> fresh) {
  detail::SeatThread& self = *fresh;
  self.number = number;
  self.restart = restart;
  self.spin = options_.spin;
  threads_.push_back(std::move(fresh));
  TROUPE_TRY {
    self.thread = std::thread([this, &self] { live(self); });
  }
  TROUPE_CATCH_ALL {
    threads_.pop_back();
    TROUPE_RETHROW;
  }
}

// Its runtimes, one after the other.
void EnsembleThreads::live(detail::SeatThread& self) noexcept {
  for (unsigned seat = self.number;;) {
    StopCause cause = live_once(self, seat);
    if (cause == StopCause::failed && self.next_seat) {
      seat = *std::exchange(self.next_seat, {});
      continue;
    }
    {
      const std::lock_guard hold(self.mutex);
      self.over = true;
    }
    ended(std::move(cause));
    return self.end.tell();
  }
}

StopCause EnsembleThreads::live_once(detail::SeatThread& self, unsigned seat) noexcept {
  TROUPE_TRY {
    Runtime rt{Clock::now()};
    if (seat == self.number)
      all_.seat(seat, rt);
    else
      all_.sit(seat, rt);
    {
      const std::lock_guard hold(self.mutex);
      self.kernel = &detail::kernel_of(rt.core());
      if (self.asked) rt.core().shutdown(*self.asked);
    }
    StopCause cause = self.live(rt);
    bool stops = false;
    {
      const std::lock_guard hold(self.mutex);
      self.kernel = nullptr;
      stops = self.asked.has_value();
    }
    if (cause == StopCause::failed && !stops) failed(self, rt, cause);
    return cause;
  }
  TROUPE_CATCH_ALL { return StopCause(StopCause::failed, Error(std::current_exception())); }
}

// While the runtime is there: the log is its own.
void EnsembleThreads::failed(detail::SeatThread& self, Runtime& rt,
                             const StopCause& cause) noexcept {
  const char* then = "the others run on";
  if (self.restart.most != 0) {
    then = "it failed too often, and is not made anew";
    if (self.may_restart(Clock::now())) {
      const unsigned spare = all_.lanes_->take_spare();
      then = "no spare seat is left for it";
      if (spare != all_.lanes_->size) {
        then = "it is made anew";
        self.next_seat = spare;
        ++self.restarts;
      }
    }
  }
  error(rt.core(), "a runtime of an ensemble failed", kv("runtime", self.number),
        kv("error", cause.error().text()), kv("then", std::string_view(then)),
        kv("restarts", self.restarts.load()));
}

void EnsembleThreads::ended(StopCause cause) noexcept {
  const std::lock_guard hold(mutex_);
  if (!first_ || (cause.has_error() && !first_->has_error())) first_ = std::move(cause);
  one_ended_.notify_all();
}

detail::SeatThread* EnsembleThreads::find(unsigned number) const noexcept {
  const auto it = std::find_if(threads_.begin(), threads_.end(),
                               [number](const auto& one) { return one->number == number; });
  return it == threads_.end() ? nullptr : it->get();
}

unsigned EnsembleThreads::restarts(unsigned number) const noexcept {
  const detail::SeatThread* const one = find(number);
  return one ? one->restarts.load() : 0;
}

std::expected<void, Error> EnsembleThreads::pin(unsigned number, [[maybe_unused]] unsigned core) {
  detail::SeatThread* const one = find(number);
  if (!one)
    return std::unexpected(Error("no runtime was started with number " + std::to_string(number)));
  // Held meanwhile: of a thread that has ended the system takes the caller's.
  const std::lock_guard hold(one->mutex);
  if (one->over)
    return std::unexpected(
        Error("the runtime with number " + std::to_string(number) + " has ended"));
#ifdef __linux__
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (core < CPU_SETSIZE) {
    CPU_SET(core, &cores);
    if (::pthread_setaffinity_np(one->thread.native_handle(), sizeof(cores), &cores) == 0)
      return {};
  }
  return std::unexpected(
      Error("there is no core " + std::to_string(core) + ", or not for this process"));
#else
  return std::unexpected(Error("this system lets nobody choose a thread's core"));
#endif
}

StopCause EnsembleThreads::stop(const StopCause& cause) {
  for (auto at = threads_.rbegin(); at != threads_.rend(); ++at) {
    detail::SeatThread& one = **at;
    if (!one.thread.joinable()) continue;
    one.stop(cause);
    if (!one.end.wait(options_.end_warning))
      std::fprintf(stderr,
                   "troupe: runtime %u of an ensemble was asked to end %.3f s ago and goes on; "
                   "EnsembleThreads waits for it\n",
                   one.number, std::chrono::duration<double>(options_.end_warning).count());
    one.thread.join();
  }
  return join();
}

StopCause EnsembleThreads::join() {
  for (const auto& one : threads_)
    if (one->thread.joinable()) one->thread.join();
  const std::lock_guard hold(mutex_);
  return first_.value_or(StopCause(StopCause::stopped));
}

StopCause EnsembleThreads::run(const StopCause& cause) {
  {
    std::unique_lock hold(mutex_);
    one_ended_.wait(hold, [this] { return first_ || threads_.empty(); });
  }
  return stop(cause);
}

}  // namespace troupe
