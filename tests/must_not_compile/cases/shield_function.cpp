// must_not_compile/shield_function.cpp: a coroutine function shielded, which is not called.
// expect: deleted
// expect: only a Task can be shielded
// expect: call its function
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await shield(child());
#else
  co_await shield(child);
#endif
}
