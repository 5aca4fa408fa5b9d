// must_not_compile/scope_lvalue_task.cpp: a Task begun in a scope without being moved.
// expect: deleted
// expect: a Task is used once: hand it on with std::move(task)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

void use(Scope& scope) {
  auto task = child();
#ifdef FIXED
  scope.spawn(std::move(task));
#else
  scope.spawn(task);
#endif
}
