// must_not_compile/scoped_call.cpp: a loan to an actor, which may live longer.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {
  void take(int) {}
  int add(int n) { return n; }
};

void use(Actor<Store> store, int& n) {
#ifdef FIXED
  call<&Store::take>(store, n);
#else
  call<&Store::take>(store, scoped(n));
#endif
}
