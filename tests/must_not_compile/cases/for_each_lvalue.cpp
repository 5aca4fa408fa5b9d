// must_not_compile/for_each_lvalue.cpp: a stream read by for_each without being moved.
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
  return for_each(std::move(stream), [](int) {});
#else
  return for_each(stream, [](int) {});
#endif
}
