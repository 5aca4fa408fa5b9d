// must_not_compile/map_no_stream.cpp: a function that makes a stream, mapped without being called.
// expect: deleted
// expect: this_is_no_Stream_map_takes_one_by_std_move_then_a_function
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return map(numbers(), [](int n) { return n; });
#else
  return map(numbers, [](int n) { return n; });
#endif
}
