// must_not_compile/all_number.cpp: something that is no awaitable, awaited with others.
// expect: this_is_not_awaitable_give_Tasks_or_other_awaitables_or_one_std_vector_of_them
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), child());
#else
  co_await all(child(), 7);
#endif
}
