// must_not_compile/task_cx_copied.cpp: a coroutine that takes its Cx by value.
// expect-gcc: use of deleted function 'troupe::Cx<Light>::Cx(
// expect-clang: lent for one handler: keep cx.this_actor(), a handle
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  Task<void> blink(Cx<Light>&) {
#else
  Task<void> blink(Cx<Light>) {
#endif
    ++times_;
    co_return;
  }

 private:
  int times_ = 0;
};
