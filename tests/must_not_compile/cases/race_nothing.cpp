// must_not_compile/race_nothing.cpp: a race of nothing.
// expect: deleted
// expect: nothing to await: give Tasks
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await race(child());
#else
  co_await race();
#endif
}
