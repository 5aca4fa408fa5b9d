// must_not_compile/deadline_step.cpp: what awaits a Step is stored, and awaited later.
// expect: deleted
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use(Instant at) {
#ifdef FIXED
  co_await deadline(at, step());
#else
  auto later = deadline(at, step());
  co_await std::move(later);
#endif
}
