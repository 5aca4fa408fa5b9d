// must_not_compile/task_member_of_plain_class.cpp: a coroutine that is a member of a class that is
// no actor.
// expect: deleted
// expect: a_member_coroutine_takes_the_Cx_of_its_actor_first_or_returns_a_Step
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Counter {
 public:
#ifdef FIXED
  Step<int> once() { co_return ++n_; }
#else
  Task<int> once() { co_return ++n_; }
#endif

 private:
  int n_ = 0;
};
