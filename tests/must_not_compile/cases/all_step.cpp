// must_not_compile/all_step.cpp: what awaits a Step is stored, and awaited later.
// expect: deleted
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), step());
#else
  auto later = all(child(), step());
  co_await std::move(later);
#endif
}
