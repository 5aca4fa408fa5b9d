// must_not_compile/task_member_without_cx_empty.cpp: the same of a class without data, which a
// lambda might be.
// expect: a_member_coroutine_takes_the_Cx_of_its_actor_first_or_returns_a_Step
// errors-gcc: 2 GCC goes on behind the first
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
