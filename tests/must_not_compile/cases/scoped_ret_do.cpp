// must_not_compile/scoped_ret_do.cpp: a loan bound to the function of a Ret.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(int& n) {
#ifdef FIXED
  const Ret<int> ret = ret_some_do([](int, int) {}, n);
#else
  const Ret<int> ret = ret_some_do([](int, int) {}, scoped(n));
#endif
}
