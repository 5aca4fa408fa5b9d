// must_not_compile/deadline_step.cpp: a Step awaited until an instant.
// expect: a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

Task<void> use(Instant at) {
#ifdef FIXED
  co_await deadline(at, child());
#else
  co_await deadline(at, step());
#endif
}
