// must_not_compile/defer_reference_to_bound.cpp: a bound value is moved in, and not lent.
// expect: a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  defer(core, [](Core&, const std::string&) {}, std::string("text"));
#else
  defer(core, [](Core&, std::string&) {}, std::string("text"));
#endif
}
