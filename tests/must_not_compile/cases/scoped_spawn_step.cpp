// must_not_compile/scoped_spawn_step.cpp: a loan to a Step that the runtime is to spawn.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Step<> step(Semaphore& semaphore);

void use(Core& core, Semaphore& semaphore) {
#ifdef FIXED
  Scope scope(core);
  scope.spawn(step, scoped(semaphore));
#else
  spawn(core, step, ret_nop, scoped(semaphore));
#endif
}
