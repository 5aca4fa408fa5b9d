// must_not_compile/scope_captures.cpp: a coroutine lambda with captures, begun in a scope.
// expect: a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Scope& scope, int number) {
#ifdef FIXED
  scope.spawn([](int n) -> Task<int> { co_return n; }, number);
#else
  scope.spawn([number]() -> Task<int> { co_return number; });
#endif
}
