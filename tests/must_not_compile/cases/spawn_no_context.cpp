// must_not_compile/spawn_no_context.cpp: a task spawned nowhere.
// expect: deleted
// expect: the_first_argument_is_a_Runtime_a_Core_or_a_Cx
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
