// must_not_compile/all_only_functions.cpp: coroutine functions that are not called, awaited
// together.
// expect: deleted
// expect: nothing to await: give Tasks (call the function)
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }

Task<void> use() {
#ifdef FIXED
  co_await all(child(), child());
#else
  co_await all(child, child);
#endif
}
