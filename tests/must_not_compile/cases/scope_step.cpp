// must_not_compile/scope_step.cpp: a Step that its scope has not made.
// expect: the_Scope_makes_the_Step_give_it_the_function_then_its_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<int> step(int n) { co_return n; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(step, 1);
#else
  scope.spawn(step(1));
#endif
}
