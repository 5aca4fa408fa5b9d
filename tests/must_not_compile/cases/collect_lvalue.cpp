// must_not_compile/collect_lvalue.cpp: a stream collected without being moved.
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
  return collect(std::move(stream));
#else
  return collect(stream);
#endif
}
