// must_not_compile/task_lvalue_awaited.cpp: a Task that is awaited without being moved.
// expect: deleted
// expect: awaiting_uses_a_Task_up_write_co_await_std_move_of_it
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
