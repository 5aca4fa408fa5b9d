// must_not_compile/filter_no_stream.cpp: a number that is filtered.
// expect: deleted
// expect: this_is_no_Stream_filter_takes_one_by_std_move_then_a_function
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return filter(numbers(), [](int n) { return n > 0; });
#else
  return filter(7, [](int n) { return n > 0; });
#endif
}
