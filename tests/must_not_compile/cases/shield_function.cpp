// must_not_compile/shield_function.cpp: a coroutine function shielded, which is not called.
// expect: deleted
// expect: only_a_Task_can_be_shielded_call_its_function_a_Step_is_awaited_where_it_is_made
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await shield(child());
#else
  co_await shield(child);
#endif
}
