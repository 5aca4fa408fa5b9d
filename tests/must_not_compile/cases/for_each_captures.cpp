// must_not_compile/for_each_captures.cpp: a function for each item that captures.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use(int number) {
#ifdef FIXED
  return for_each(numbers(), [](int, int) {}, number);
#else
  return for_each(numbers(), [&number](int n) { number += n; });
#endif
}
