// must_not_compile/value_of_lvalue_task.cpp: the value of a Task that is not moved.
// expect: deleted
// expect: nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  auto task = child();
#ifdef FIXED
  co_await value_of(std::move(task));
#else
  co_await value_of(task);
#endif
}
