// must_not_compile/ret_do_view.cpp: a Ret whose answer is a view.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
auto use() {
  return ret_do([](Reply<std::string>) {});
}
#else
auto use() {
  return ret_do([](Reply<std::string_view>) {});
}
#endif
