// must_not_compile/fwd_do_view.cpp: a Fwd whose values are views.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
auto use() {
  return fwd_do([](std::string) {});
}
#else
auto use() {
  return fwd_do([](std::string_view) {});
}
#endif
