// must_not_compile/scoped_kept.cpp: a loan that is kept, and lent later.
// expect: lent once: write scoped(x) in the call that lends x
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(int& n);

void use(Scope& scope, int& n) {
#ifdef FIXED
  scope.spawn(step, scoped(n));
#else
  const auto loan = scoped(n);
  scope.spawn(step, loan);
#endif
}
