// must_not_compile/spawn_stream_task.cpp: a coroutine function that makes no stream.
// expect: the_function_must_return_a_Stream
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<int> child() { co_return 1; }
Generator<int> numbers() { co_yield 1; }

void use(Core& core, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, numbers, fwd);
#else
  spawn_stream(core, child, fwd);
#endif
}
