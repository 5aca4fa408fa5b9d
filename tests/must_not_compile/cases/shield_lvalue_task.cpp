// must_not_compile/shield_lvalue_task.cpp: a Task shielded without being moved.
// expect: deleted
// expect: a Task is used once: hand it on with std::move(task)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
  auto task = child();
#ifdef FIXED
  co_await shield(std::move(task));
#else
  co_await shield(task);
#endif
}
