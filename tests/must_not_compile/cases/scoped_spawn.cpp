// must_not_compile/scoped_spawn.cpp: a loan to a task of the runtime, which outlives every block.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> child(Semaphore& semaphore);
Step<> step(Semaphore& semaphore);

void use(Core& core, Semaphore& semaphore) {
#ifdef FIXED
  Scope scope(core);
  scope.spawn(step, scoped(semaphore));
#else
  spawn(core, child, ret_nop, scoped(semaphore));
#endif
}
