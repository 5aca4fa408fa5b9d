// thread/spin_lock.hpp: a lock for a few instructions. (internal)
#pragma once
#include <atomic>
#include <troupe/base/step.hpp>

namespace troupe::detail {

// What it guards takes some ten instructions, without memory being taken or foreign code being run:
// a holder is gone after nanoseconds, unless the system has taken its processor away.
class SpinLock {
 public:
  void lock() noexcept {
    step();
    if (taken_.exchange(true, std::memory_order_acquire)) [[unlikely]]
      wait();
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  static constexpr unsigned looks = 64;  // before it lets another thread run
  void wait() noexcept;
  std::atomic<bool> taken_{false};
};

}  // namespace troupe::detail
