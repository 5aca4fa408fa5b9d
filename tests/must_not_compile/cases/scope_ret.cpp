// must_not_compile/scope_ret.cpp: a Ret for a child of a scope.
// expect: a_child_of_a_Scope_has_no_Ret_only_a_function_is_followed_by_its_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(child);
#else
  scope.spawn(child, ret_nop);
#endif
}
