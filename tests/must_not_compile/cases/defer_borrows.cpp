// must_not_compile/defer_borrows.cpp: a bound argument that borrows.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <cstdio>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  defer(core, [](Literal text) { std::puts(text.c_str()); }, Literal("hello"));
#else
  defer(core, [](const char* text) { std::puts(text); }, "hello");
#endif
}
