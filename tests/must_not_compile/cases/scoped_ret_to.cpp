// must_not_compile/scoped_ret_to.cpp: a loan bound to an answer.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {
  void got(int, int) {}
};

void use(Cx<Store>& cx, int& n) {
#ifdef FIXED
  const Ret<int> ret = ret_some_to<&Store::got>(cx, n);
#else
  const Ret<int> ret = ret_some_to<&Store::got>(cx, scoped(n));
#endif
}
