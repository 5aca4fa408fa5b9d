// thread/thread_end.hpp: waiting for the end of a thread, which is said where it takes long.
// (internal)
#pragma once
#include <condition_variable>
#include <mutex>
#include <troupe/base/handle.hpp>
#include <troupe/core/core.hpp>

namespace troupe::detail {

// A longer wait counts as this one: the clock has an end.
inline constexpr Duration longest_silence = std::chrono::hours(24 * 365);

// Shared by a thread and whoever joins it: std::thread itself knows no wait with a limit.
class ThreadEnd {
 public:
  // On the thread: it has nothing more to do.
  void tell() noexcept;
  // Blocks until it is told, for so long at most; whether it was.
  bool wait(Duration longest);

 private:
  std::mutex mutex_;
  std::condition_variable told_here_;
  bool told_ = false;
};

// A count of a runtime's inside, by which the log is found.
using KernelRef = Handle<Kernel, &Kernel::release>;

// Waits for a thread that was asked to stop. Where that takes longer than `Kernel::job_warning` it
// is said once: in the runtime's log, or on stderr where that has gone.
void wait_for_end(ThreadEnd& end, Kernel& kernel) noexcept;

}  // namespace troupe::detail
