// must_not_compile/merge_nothing.cpp: no streams, merged.
// expect: deleted
// expect: no Streams with items of one type: write merge(std::move(a), std::move(b), ...)
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
