// must_not_compile/filter_lvalue.cpp: a stream filtered without being moved.
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
  return filter(std::move(stream), [](int n) { return n > 0; });
#else
  return filter(stream, [](int n) { return n > 0; });
#endif
}
