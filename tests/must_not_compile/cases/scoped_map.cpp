// must_not_compile/scoped_map.cpp: a loan bound to a function of items.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> items();

void use(int& n) {
#ifdef FIXED
  (void)map(items(), [](int a, int b) { return a + b; }, n);
#else
  (void)map(items(), [](int a, int b) { return a + b; }, scoped(n));
#endif
}
