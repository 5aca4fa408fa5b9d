// must_not_compile/task_member_view_parameter.cpp: a coroutine handler with a view as a parameter.
// expect: deleted
// expect: a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

class Light {
 public:
#ifdef FIXED
  Task<void> blink(Cx<Light>&, std::string) {
#else
  Task<void> blink(Cx<Light>&, std::string_view) {
#endif
    ++times_;
    co_return;
  }

 private:
  int times_ = 0;
};
