// must_not_compile/merge_nothing.cpp: no streams, merged.
// expect: deleted
// expect: these_are_no_Streams_of_one_item_type_merge_takes_them_by_std_move
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
#ifdef FIXED
  return merge(numbers());
#else
  return merge();
#endif
}
