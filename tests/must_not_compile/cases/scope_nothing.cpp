// must_not_compile/scope_nothing.cpp: something that is neither a coroutine function nor awaitable,
// in a scope.
// expect: this_is_neither_a_coroutine_function_nor_awaitable
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

void use(Scope& scope) {
#ifdef FIXED
  scope.spawn(child());
#else
  scope.spawn(7);
#endif
}
