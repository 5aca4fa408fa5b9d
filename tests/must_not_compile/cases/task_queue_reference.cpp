// must_not_compile/task_queue_reference.cpp: a coroutine that takes a Queue by reference.
// expect: deleted
// expect: take them by value, or be a Step
// errors-gcc: 3 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Step<void> use(Queue<int>&) { co_return; }
#else
Task<void> use(Queue<int>&) { co_return; }
#endif
