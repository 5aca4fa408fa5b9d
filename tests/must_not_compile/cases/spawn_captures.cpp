// must_not_compile/spawn_captures.cpp: a coroutine lambda with captures, spawned.
// expect: a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core, int number) {
#ifdef FIXED
  spawn(core, [](int n) -> Task<int> { co_return n; }, ret_nop, number);
#else
  spawn(core, [number]() -> Task<int> { co_return number; }, ret_nop);
#endif
}
