// must_not_compile/timeout_step.cpp: what awaits a Step is stored, and awaited later.
// expect: deleted
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await timeout(std::chrono::seconds(7), step());
#else
  auto later = timeout(std::chrono::seconds(7), step());
  co_await std::move(later);
#endif
}
