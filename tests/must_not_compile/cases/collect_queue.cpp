// must_not_compile/collect_queue.cpp: a Queue collected, which cannot be moved.
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
  co_await collect(queue);
#endif
}
