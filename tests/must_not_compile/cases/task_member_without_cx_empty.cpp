// must_not_compile/task_member_without_cx_empty.cpp: the same of a class without data, which a
// lambda might be.
// expect: a member coroutine takes its Cx<A>& first
// errors-gcc: 3 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  Task<void> blink(Cx<Light>&){
#else
  Task<void> blink() {
#endif
      co_return;
}
}
;
