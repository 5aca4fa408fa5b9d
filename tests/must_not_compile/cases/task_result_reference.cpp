// must_not_compile/task_result_reference.cpp: a result that is a reference.
// expect: a_result_outlives_its_turn_give_one_that_owns_what_it_needs
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
