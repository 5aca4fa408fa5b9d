// must_not_compile/all_step.cpp: a Step among what is awaited together.
// expect: a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), child());
#else
  co_await all(child(), step());
#endif
}
