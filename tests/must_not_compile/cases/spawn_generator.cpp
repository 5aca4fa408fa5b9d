// must_not_compile/spawn_generator.cpp: a Generator, spawned.
// expect: a_stream_is_begun_with_spawn_stream_and_a_Fwd_for_its_items
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use(Core& core) {
#ifdef FIXED
  spawn_stream(core, numbers(), Fwd<std::optional<int>>());
#else
  spawn(core, numbers());
#endif
}
