// must_not_compile/call_function_borrows.cpp: a bound argument that borrows, for a function run on
// an actor.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <string>
#include <string_view>
#include <troupe/core.hpp>

using namespace troupe;

void use(const Actor<int>& light, const std::string& text) {
#ifdef FIXED
  call(light, [](int& level, std::string) { ++level; }, text);
#else
  call(light, [](int& level, std::string_view) { ++level; }, std::string_view(text));
#endif
}
