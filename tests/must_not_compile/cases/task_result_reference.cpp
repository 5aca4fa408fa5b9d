// must_not_compile/task_result_reference.cpp: a result that is a reference.
// expect: its result outlives its turn: it owns what it needs
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<int> number() {
#else
Task<const int&> number() {
#endif
  static const int n = 1;
  co_return n;
}
