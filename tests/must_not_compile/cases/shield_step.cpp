// must_not_compile/shield_step.cpp: a Step that is shielded.
// expect: deleted
// expect: only a Task can be shielded
// expect: a Step is awaited where it is made
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await shield(child());
#else
  co_await shield(step());
#endif
}
