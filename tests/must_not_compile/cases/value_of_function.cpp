// must_not_compile/value_of_function.cpp: the value of a coroutine function that is not called.
// expect: deleted
// expect: nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await value_of(child());
#else
  co_await value_of(child);
#endif
}
