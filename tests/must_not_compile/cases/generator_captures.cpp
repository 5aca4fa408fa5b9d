// must_not_compile/generator_captures.cpp: a coroutine lambda that makes a Generator and captures.
// expect: must not capture
// door: header
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

auto make(int n) {
#ifdef FIXED
  return [](int m) -> Generator<int> { co_yield m; }(n);
#else
  return [n]() -> Generator<int> { co_yield n; }();
#endif
}
