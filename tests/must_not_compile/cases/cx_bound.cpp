// must_not_compile/cx_bound.cpp: a Cx as a bound argument.
// expect: deleted
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

void use(Cx<Light>& cx) {
#ifdef FIXED
  call(cx, [](Light&, Cx<Light>& c) { c.stop(); });
#else
  defer(cx, [](Cx<Light>& c) { c.stop(); }, cx);
#endif
}
