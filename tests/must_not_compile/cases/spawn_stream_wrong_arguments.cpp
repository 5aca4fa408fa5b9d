// must_not_compile/spawn_stream_wrong_arguments.cpp: arguments that the generator does not take.
// expect: the_coroutine_takes_another_number_of_arguments
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use(Core& core, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, numbers, fwd);
#else
  spawn_stream(core, numbers, fwd, 7);
#endif
}
