// must_not_compile/scope_argument_reference.cpp: a child that is to change an object which nobody
// lends.
// expect: a_Step_borrows_lend_what_it_takes_by_reference_with_scoped_x
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(int& n);

void use(Scope& scope, int& n) {
#ifdef FIXED
  scope.spawn(step, scoped(n));
#else
  scope.spawn(step, n);
#endif
}
