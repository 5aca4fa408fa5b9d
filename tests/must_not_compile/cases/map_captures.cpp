// must_not_compile/map_captures.cpp: an adapter's function that captures.
// expect: capture
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

auto scaled(PipeStream<int> numbers, int by) {
#ifdef FIXED
  return map(std::move(numbers), [](int f, int n) { return n * f; }, by);
#else
  return map(std::move(numbers), [by](int n) { return n * by; });
#endif
}
