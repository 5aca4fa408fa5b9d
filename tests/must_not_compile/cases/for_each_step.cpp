// must_not_compile/for_each_step.cpp: a function for each item that returns a Step.
// expect: the_function_takes_what_is_bound_then_an_item_and_returns_no_Step
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return for_each(numbers(), [](int) -> Task<> { co_return; });
#else
  return for_each(numbers(), [](int) -> Step<> { co_return; });
#endif
}
