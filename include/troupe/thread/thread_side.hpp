// thread/thread_side.hpp: how a thread without a runtime waits for what comes through channels.
// (internal)
//
// The thread that waits hangs one sleeper into each channel that it waits for; whoever has news for
// one of them wakes it. No wake is lost: a channel is looked at when the sleeper hangs there
// already, and what is told is told under the mutex of the channel's side.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <troupe/thread/channel_head.hpp>

namespace troupe::detail {

class ThreadSleeper {
 public:
  void wake() noexcept;
  void sleep();

 private:
  std::mutex mutex_;
  std::condition_variable woken_here_;
  bool woken_ = false;
};

// Of one channel. The thread that reads and whoever asks it to stop.
class ThreadSide {
 public:
  // ---- any thread
  void ring() noexcept;
  void request_stop() noexcept {
    step();
    stop_.store(true, std::memory_order_release);
    ring();
  }
  bool stop_requested() const noexcept { return stop_.load(std::memory_order_acquire); }

  // ---- the thread that reads
  // Blocks until one of them has an item, or has come to its end; which.
  static std::size_t wait(std::span<ThreadSide* const> sides);

 protected:
  ThreadSide() noexcept = default;
  ~ThreadSide() = default;
  virtual bool has_news() noexcept = 0;  // an item, or none will come

 private:
  void hang_in(ThreadSleeper* sleeper) noexcept;
  std::mutex mutex_;
  ThreadSleeper* sleeper_ = nullptr;
  std::atomic<bool> stop_{false};
};

}  // namespace troupe::detail
