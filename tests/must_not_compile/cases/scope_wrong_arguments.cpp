// must_not_compile/scope_wrong_arguments.cpp: arguments that the coroutine does not take, in a
// scope.
// expect: the_coroutine_takes_another_number_of_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(child);
#else
  scope.spawn(child, 7);
#endif
}
