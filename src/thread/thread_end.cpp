// thread/thread_end.cpp: the wait, and what is said of a long one.
#include <troupe/thread/thread_end.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <troupe/core/log.hpp>

namespace troupe::detail {

void ThreadEnd::tell() noexcept {
  const std::lock_guard hold(mutex_);  // also while it tells: then this may go at once
  told_ = true;
  told_here_.notify_all();
}

bool ThreadEnd::wait(Duration longest) {
  std::unique_lock hold(mutex_);
  return told_here_.wait_for(hold, std::min(longest, longest_silence), [this] { return told_; });
}

void wait_for_end(ThreadEnd& end, Kernel& kernel) noexcept {
  if (end.wait(kernel.job_warning)) return;
  constexpr const char* words =
      "a PipedThread was asked to stop and goes on: whoever destroys it waits for it";
  const double waited = std::chrono::duration<double>(kernel.job_warning).count();
  if (kernel.ended)
    std::fprintf(stderr, "troupe: %s (%.3f s)\n", words, waited);
  else
    error(kernel.core, words, kv("seconds", waited));
}

}  // namespace troupe::detail
