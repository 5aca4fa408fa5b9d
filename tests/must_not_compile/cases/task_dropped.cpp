// must_not_compile/task_dropped.cpp: a Task that is neither awaited nor spawned.
// expect: a Task does nothing until it is awaited or spawned
// flags: -Werror=unused-result
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<int> use() {
#ifdef FIXED
  co_await child();
  co_return 2;
#else
  child();
  co_return 2;
#endif
}
