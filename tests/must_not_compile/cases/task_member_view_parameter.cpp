// must_not_compile/task_member_view_parameter.cpp: a coroutine handler with a view as a parameter.
// expect: deleted
// expect: a Task's parameters must own their values: take them by value, or be a Step
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
