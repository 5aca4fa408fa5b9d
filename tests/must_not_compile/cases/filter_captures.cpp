// must_not_compile/filter_captures.cpp: a test that captures.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use(int least) {
#ifdef FIXED
  return filter(numbers(), [](int least, int n) { return n > least; }, least);
#else
  return filter(numbers(), [least](int n) { return n > least; });
#endif
}
