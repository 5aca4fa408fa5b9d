// must_not_compile/value_of_lvalue_task.cpp: the value of a Task that is not moved.
// expect: deleted
// expect: nothing to await: hand a Task on with std::move(task)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  auto task = child();
#ifdef FIXED
  co_await value_of(std::move(task));
#else
  co_await value_of(task);
#endif
}
