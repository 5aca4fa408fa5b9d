// must_not_compile/scoped_queue.cpp: a loan as a value of a queue.
// expect: it lends to a child of a Scope: pass x itself
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> use(Core&) {
#ifdef FIXED
  Queue<int> queue(1);
  int n = 1;
  co_await queue.push(n);
#else
  Queue<int> queue(1);
  int n = 1;
  co_await queue.push(scoped(n));
#endif
}
