// must_not_compile/task_queue_reference.cpp: a coroutine that takes a Queue by reference.
// expect: deleted
// expect: a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Step<void> use(Queue<int>&) { co_return; }
#else
Task<void> use(Queue<int>&) { co_return; }
#endif
