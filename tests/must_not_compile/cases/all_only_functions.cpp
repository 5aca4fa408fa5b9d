// must_not_compile/all_only_functions.cpp: coroutine functions that are not called, awaited
// together.
// expect: deleted
// expect: nothing_to_await_call_the_function_and_give_its_Task_or_one_vector
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), child());
#else
  co_await all(child, child);
#endif
}
