// must_not_compile/task_member_other_cx.cpp: a coroutine method that takes another actor's Cx.
// expect: a_member_coroutine_takes_the_Cx_of_its_actor_first_or_returns_a_Step
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Door {};

class Light {
 public:
#ifdef FIXED
  Task<void> blink(Cx<Light>&) {
#else
  Task<void> blink(Cx<Door>&) {
#endif
    ++times_;
    co_return;
  }

 private:
  int times_ = 0;
};
