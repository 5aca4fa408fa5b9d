// must_not_compile/spawn_stream_nothing.cpp: something that is no stream.
// expect: this_is_neither_a_Stream_nor_a_function_that_returns_one
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use(Core& core, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, numbers(), fwd);
#else
  spawn_stream(core, 7, fwd);
#endif
}
