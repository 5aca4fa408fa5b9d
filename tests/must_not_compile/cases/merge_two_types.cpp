// must_not_compile/merge_two_types.cpp: streams of different items, merged.
// expect: deleted
// expect: these_are_no_Streams_of_one_item_type_merge_takes_them_by_std_move
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }
Generator<std::string> texts() { co_yield std::string("text"); }

auto use() {
#ifdef FIXED
  return merge(numbers(),
               map(texts(), [](std::string text) { return static_cast<int>(text.size()); }));
#else
  return merge(numbers(), texts());
#endif
}
