// must_not_compile/cx_in_struct.cpp: a bound argument that holds a reference to a Cx.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <troupe/core.hpp>

using namespace troupe;

class Light {};

struct Later {
  Cx<Light>& cx;
};

void use(Cx<Light>& cx) {
#ifdef FIXED
  call(cx, [](Light&, Cx<Light>& c) { c.stop(); });
#else
  defer(cx, [](Later later) { later.cx.stop(); }, Later{cx});
#endif
}
