// thread/spin_lock.cpp: waiting for the lock.
#include <thread>
#include <troupe/base/relax.hpp>
#include <troupe/thread/spin_lock.hpp>

namespace troupe::detail {

void SpinLock::wait() noexcept {
  do {
    for (unsigned n = 1; taken_.load(std::memory_order_relaxed); ++n)
      n % looks ? relax() : std::this_thread::yield();
  } while (taken_.exchange(true, std::memory_order_acquire));
}

}  // namespace troupe::detail
