// must_not_compile/scoped_ask.cpp: a loan to an actor that is asked.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Store {
  void take(int) {}
  int add(int n) { return n; }
};

Task<> use(Actor<Store> store) {
#ifdef FIXED
  int n = 1;
  co_await ask<&Store::add>(store, n);
#else
  int n = 1;
  co_await ask<&Store::add>(store, scoped(n));
#endif
}
