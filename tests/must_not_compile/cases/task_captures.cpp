// must_not_compile/task_captures.cpp: a coroutine lambda with captures, called.
// expect: a coroutine lambda must not capture: pass what it needs as arguments
// door: header
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> use(int number) {
#ifdef FIXED
  return [](int n) -> Task<int> { co_return n; }(number);
#else
  return [number]() -> Task<int> { co_return number; }();
#endif
}
