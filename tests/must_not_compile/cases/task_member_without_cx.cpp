// must_not_compile/task_member_without_cx.cpp: a coroutine method that does not take its actor's
// Cx.
// expect: a member coroutine takes its Cx<A>& first
// errors-gcc: 3 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  Task<void> blink(Cx<Light>&) {
#else
  Task<void> blink() {
#endif
    ++times_;
    co_return;
  }

 private:
  int times_ = 0;
};
