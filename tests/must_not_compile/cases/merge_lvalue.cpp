// must_not_compile/merge_lvalue.cpp: streams merged without being moved.
// expect: deleted
// expect: a stream has one reader: write std::move(generator)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

auto use() {
  auto stream = numbers();
#ifdef FIXED
  return merge(std::move(stream), numbers());
#else
  return merge(stream, numbers());
#endif
}
