// must_not_compile/ret_do_reference_to_bound.cpp: a bound value is moved in, and not lent.
// expect: a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference
#include <troupe/core.hpp>

using namespace troupe;

auto use(Ret<int> to) {
#ifdef FIXED
  return ret_do([](Ret<int> ret, Reply<int> n) { ret(n.value_or(0)); }, std::move(to));
#else
  return ret_do([](Ret<int>& ret, Reply<int> n) { ret(n.value_or(0)); }, std::move(to));
#endif
}
