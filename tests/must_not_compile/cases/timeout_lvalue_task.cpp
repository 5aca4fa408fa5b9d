// must_not_compile/timeout_lvalue_task.cpp: a Task awaited for a time without being moved.
// expect: what_is_awaited_is_used_up_hand_it_on_with_std_move
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  auto task = child();
#ifdef FIXED
  co_await timeout(std::chrono::seconds(7), std::move(task));
#else
  co_await timeout(std::chrono::seconds(7), task);
#endif
}
