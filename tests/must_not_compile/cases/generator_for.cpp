// must_not_compile/generator_for.cpp: a loop over a Generator.
// expect: read it with `co_await generator.next()`
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

Task<int> use() {
  int sum = 0;
  auto stream = numbers();
#ifdef FIXED
  for (auto n = co_await stream.next(); n; n = co_await stream.next()) sum += *n;
#else
  for (int n : stream) sum += n;
#endif
  co_return sum;
}
