// must_not_compile/offload_reference_to_bound.cpp: a bound value is moved in, and not lent.
// expect: a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
void grow(std::string text) { text += '.'; }
#else
void grow(std::string& text) { text += '.'; }
#endif
void use(Core& core, const PoolRef& pool) {
  offload(core, pool, &grow, ret_nop, std::string("text"));
}
