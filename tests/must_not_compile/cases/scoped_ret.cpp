// must_not_compile/scoped_ret.cpp: a loan as an answer.
// expect: it lends to a child of a Scope: pass x itself
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Ret<int> ret, int& n) {
#ifdef FIXED
  ret(n);
#else
  ret(scoped(n));
#endif
}
