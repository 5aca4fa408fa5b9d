// must_not_compile/spawn_no_context.cpp: a task spawned nowhere.
// expect: deleted
// expect: the first argument is a Runtime, a Core or a Cx
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

void use([[maybe_unused]] Core& core) {
#ifdef FIXED
  spawn(core, child());
#else
  spawn(child());
#endif
}
