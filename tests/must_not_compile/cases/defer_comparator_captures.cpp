// must_not_compile/defer_comparator_captures.cpp: a container whose comparison captures by
// reference.
// expect: a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it
#include <set>
#include <troupe/core.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  auto less = [](int a, int b) { return a < b; };
#else
  int sign = 1;
  auto less = [&sign](int a, int b) { return sign * a < sign * b; };
#endif
  std::set<int, decltype(less)> numbers({3, 1, 2}, less);
  defer(core, [](auto set) { set.insert(7); }, std::move(numbers));
}
