// must_not_compile/spawn_generic_captures.cpp: a generic coroutine lambda with captures, spawned.
// expect: a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core, int number) {
#ifdef FIXED
  spawn(core, [](int m, auto n) -> Task<int> { co_return m + n; }, ret_nop, number, 1);
#else
  spawn(core, [&number](auto n) -> Task<int> { co_return number + n; }, ret_nop, 1);
#endif
}
