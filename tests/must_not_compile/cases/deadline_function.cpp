// must_not_compile/deadline_function.cpp: a coroutine function awaited until an instant, which is
// not called.
// expect: deleted
// expect: nothing to await: deadline(at, x) takes a Task (call the function)
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
