// must_not_compile/collect_no_stream.cpp: a function that makes a stream, collected without being
// called.
// expect: deleted
// expect: this_is_no_Stream_collect_takes_one_by_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return collect(numbers());
#else
  return collect(numbers);
#endif
}
