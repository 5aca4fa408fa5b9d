// must_not_compile/for_each_no_stream.cpp: a function that makes a stream, read without being
// called.
// expect: deleted
// expect: this_is_no_Stream_for_each_takes_one_by_std_move_then_a_function
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return for_each(numbers(), [](int) {});
#else
  return for_each(numbers, [](int) {});
#endif
}
