// must_not_compile/task_generic_captures.cpp: a generic coroutine lambda with captures, called.
// expect: a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> use(int number) {
#ifdef FIXED
  return [](int m, auto n) -> Task<int> { co_return m + n; }(number, 1);
#else
  return [&number](auto n) -> Task<int> { co_return number + n; }(1);
#endif
}
