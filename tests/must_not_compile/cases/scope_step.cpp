// must_not_compile/scope_step.cpp: a Step begun in a scope.
// expect: a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Step<int> step() { co_return 1; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(child());
#else
  scope.spawn(step());
#endif
}
