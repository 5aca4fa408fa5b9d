// must_not_compile/filter_queue.cpp: a Queue filtered, which cannot be moved.
// expect: deleted
// expect: a Queue stays where it is
// errors-gcc: 4 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<void> use() {
  Queue<int> queue(7);
#ifdef FIXED
  co_await queue.pop();
#else
  (void)co_await collect(filter(queue, [](int n) { return n > 1; }));
#endif
}
