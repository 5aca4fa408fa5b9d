// must_not_compile/deadline_function.cpp: a coroutine function awaited until an instant, which is
// not called.
// expect: deleted
// expect: nothing_to_await_deadline_takes_an_Instant_then_a_Task_call_its_function
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use(Instant at) {
#ifdef FIXED
  co_await deadline(at, child());
#else
  co_await deadline(at, child);
#endif
}
