// thread/thread_side.cpp: sleeping until a channel has news.
#include <troupe/thread/thread_side.hpp>

namespace troupe::detail {

void ThreadSleeper::wake() noexcept {
  const std::lock_guard hold(mutex_);  // also while it tells: then the sleeper may die at once
  woken_ = true;
  woken_here_.notify_one();
}

void ThreadSleeper::sleep() {
  std::unique_lock hold(mutex_);
  while (!std::exchange(woken_, false)) {
    if (!is_scripted()) {
      woken_here_.wait(hold);
      continue;
    }
    hold.unlock();
    step(true);
    hold.lock();
  }
}

void ThreadSide::ring() noexcept {
  step();
  const std::lock_guard hold(mutex_);
  if (sleeper_) sleeper_->wake();
}

void ThreadSide::hang_in(ThreadSleeper* sleeper) noexcept {
  step();
  const std::lock_guard hold(mutex_);
  sleeper_ = sleeper;
}

std::size_t ThreadSide::wait(std::span<ThreadSide* const> sides) {
  const auto first = [sides] {
    std::size_t i = 0;
    while (i != sides.size() && !sides[i]->has_news()) ++i;
    return i;
  };
  if (const std::size_t ready = first(); ready != sides.size()) return ready;
  struct Hung {  // also when sleeping throws
    explicit Hung(std::span<ThreadSide* const> s) noexcept : sides(s) {
      for (ThreadSide* side : sides) side->hang_in(&sleeper);
    }
    Hung(const Hung&) = delete;
    ~Hung() {
      for (ThreadSide* side : sides) side->hang_in(nullptr);
    }
    std::span<ThreadSide* const> sides;
    ThreadSleeper sleeper;
  } hung(sides);
  for (;;) {
    if (const std::size_t ready = first(); ready != sides.size()) return ready;
    hung.sleeper.sleep();
  }
}

}  // namespace troupe::detail
