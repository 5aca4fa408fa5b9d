// must_not_compile/offload_result_view.cpp: a job that gives a view of what dies with it.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Text = std::string;
#else
using Text = std::string_view;
#endif
void use(Core& core, const Pool& pool) {
  offload(
      core, pool, [](const std::string& text) { return Text(text); }, ret_nop, std::string("text"));
}
