// must_not_compile/any_number.cpp: a number of which any may come.
// expect: deleted
// expect: nothing_to_await_call_the_function_and_give_its_Task_or_one_vector
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await any(child(), child());
#else
  co_await any(7);
#endif
}
