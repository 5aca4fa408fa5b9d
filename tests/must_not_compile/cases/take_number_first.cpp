// must_not_compile/take_number_first.cpp: items taken with the number first.
// expect: deleted
// expect: this_is_no_Stream_take_takes_one_by_std_move_then_a_number
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return take(numbers(), 3);
#else
  return take(3, numbers());
#endif
}
