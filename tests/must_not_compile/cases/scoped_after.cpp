// must_not_compile/scoped_after.cpp: a loan to a call that a timer makes.
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
  after<&Store::take>(store, std::chrono::seconds(1), n);
#else
  after<&Store::take>(store, std::chrono::seconds(1), scoped(n));
#endif
}
