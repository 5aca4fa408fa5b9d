// must_not_compile/for_each_wrong_type.cpp: a function for each item that takes another type.
// expect: the_function_takes_what_is_bound_then_an_item_and_returns_no_Step
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return for_each(numbers(), [](int) {});
#else
  return for_each(numbers(), [](std::string) {});
#endif
}
