// must_not_compile/race_step.cpp: what awaits a Step is stored, and awaited later.
// expect: deleted
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await race(step(), child());
#else
  auto later = race(step(), child());
  co_await std::move(later);
#endif
}
