// must_not_compile/map_wrong_type.cpp: a mapping function of another type.
// expect: the_function_takes_what_is_bound_then_an_item_and_returns_a_value_but_no_Task
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return map(numbers(), [](int n) { return n; });
#else
  return map(numbers(), [](std::string text) { return text; });
#endif
}
