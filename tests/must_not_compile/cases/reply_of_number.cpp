// must_not_compile/reply_of_number.cpp: a reply of something that is no awaitable.
// expect: deleted
// expect: nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await reply_of(child());
#else
  co_await reply_of(7);
#endif
}
