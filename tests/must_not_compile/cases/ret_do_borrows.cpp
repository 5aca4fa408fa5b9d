// must_not_compile/ret_do_borrows.cpp: a bound argument of a Ret that borrows.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <troupe/core.hpp>

using namespace troupe;

auto use() {
#ifdef FIXED
  return ret_do([](Literal, Reply<int>) {}, Literal("sum"));
#else
  return ret_do([](const char*, Reply<int>) {}, "sum");
#endif
}
