// must_not_compile/task_result_view.cpp: a result that is a view of a local.
// expect: a_result_outlives_its_turn_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
Task<std::string> name() {
#else
Task<std::string_view> name() {
#endif
  const std::string hall(100, 'x');
  co_return hall;
}
