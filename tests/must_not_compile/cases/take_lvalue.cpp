// must_not_compile/take_lvalue.cpp: items taken from a stream that is not moved.
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
  return take(std::move(stream), 3);
#else
  return take(stream, 3);
#endif
}
