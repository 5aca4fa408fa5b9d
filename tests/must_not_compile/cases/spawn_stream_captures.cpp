// must_not_compile/spawn_stream_captures.cpp: a generator lambda with captures.
// expect: a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core, Fwd<std::optional<int>> fwd, int number) {
#ifdef FIXED
  spawn_stream(core, [](int n) -> Generator<int> { co_yield n; }, fwd, number);
#else
  spawn_stream(core, [number]() -> Generator<int> { co_yield number; }, fwd);
#endif
}
