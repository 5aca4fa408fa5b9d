// must_not_compile/map_lvalue.cpp: a stream mapped without being moved.
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
  return map(std::move(stream), [](int n) { return n; });
#else
  return map(stream, [](int n) { return n; });
#endif
}
