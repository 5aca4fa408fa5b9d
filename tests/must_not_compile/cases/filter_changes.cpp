// must_not_compile/filter_changes.cpp: a test that could change the item.
// expect: the_test_takes_what_is_bound_then_a_const_item_and_returns_a_bool
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return filter(numbers(), [](const int& n) { return n > 0; });
#else
  return filter(numbers(), [](int& n) { return n > 0; });
#endif
}
