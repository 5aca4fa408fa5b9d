// must_not_compile/deadline_lvalue_task.cpp: a Task awaited until an instant without being moved.
// expect: what_is_awaited_is_used_up_hand_it_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use(Instant at) {
  auto task = child();
#ifdef FIXED
  co_await deadline(at, std::move(task));
#else
  co_await deadline(at, task);
#endif
}
