// must_not_compile/scoped_defer.cpp: a loan to a deferred function.
// expect: scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core, int& n) {
#ifdef FIXED
  defer(core, [](int) {}, n);
#else
  defer(core, [](int) {}, scoped(n));
#endif
}
