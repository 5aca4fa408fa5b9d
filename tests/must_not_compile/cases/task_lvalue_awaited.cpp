// must_not_compile/task_lvalue_awaited.cpp: a Task that is awaited without being moved.
// expect: deleted
// expect: awaiting uses a Task up: write co_await std::move(task)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<int> use() {
  auto task = child();
#ifdef FIXED
  co_return co_await std::move(task);
#else
  co_return co_await task;
#endif
}
