// must_not_compile/spawn_lvalue_task.cpp: a Task spawned without being moved.
// expect: deleted
// expect: a Task is used once: hand it on with std::move(task)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Task<int> child() { co_return 1; }

void use(Core& core) {
  auto task = child();
#ifdef FIXED
  spawn(core, std::move(task));
#else
  spawn(core, task);
#endif
}
