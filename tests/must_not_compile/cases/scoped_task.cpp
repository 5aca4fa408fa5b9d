// must_not_compile/scoped_task.cpp: a child that borrows and is a Task.
// expect: what_borrows_by_scoped_returns_a_Step_a_Task_owns_its_parameters
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> child(int& n);
Step<> step(int& n);

void use(Scope& scope, int& n) {
#ifdef FIXED
  scope.spawn(step, scoped(n));
#else
  scope.spawn(child, scoped(n));
#endif
}
