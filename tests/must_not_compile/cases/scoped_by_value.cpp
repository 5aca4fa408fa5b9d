// must_not_compile/scoped_by_value.cpp: a function that would get a copy of what is lent.
// expect: it lends to a child of a Scope: pass x itself
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(int n);

Task<> use(Core&) {
#ifdef FIXED
  int n = 1;
  co_await step(n);
#else
  int n = 1;
  co_await step(scoped(n));
#endif
}
