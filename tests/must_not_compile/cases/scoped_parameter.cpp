// must_not_compile/scoped_parameter.cpp: a Task that would keep a loan.
// expect: lent once: write scoped(x) in the call that lends x
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Step<int> child(int& n) {
  co_return n;
#else
Task<int> child(Scoped<int> n) {
  co_return n.get();
#endif
}
