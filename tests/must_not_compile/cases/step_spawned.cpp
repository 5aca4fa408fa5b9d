// must_not_compile/step_spawned.cpp: a Step that is spawned.
// expect: a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<int> child() { co_return 1; }
#else
Step<int> child() { co_return 1; }
#endif

void use(Core& core) { spawn(core, child(), ret_nop); }
