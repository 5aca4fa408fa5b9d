// must_not_compile/all_lvalue_task.cpp: a Task awaited with others without being moved.
// expect: what_is_awaited_is_used_up_hand_it_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  auto task = child();
#ifdef FIXED
  co_await all(std::move(task), child());
#else
  co_await all(task, child());
#endif
}
