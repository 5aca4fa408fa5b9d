// must_not_compile/map_no_function.cpp: a stream mapped by a number.
// expect: this_is_no_function_to_run
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return map(numbers(), [](int n) { return n; });
#else
  return map(numbers(), 7);
#endif
}
