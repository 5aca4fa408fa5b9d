// must_not_compile/spawn_stream_lvalue_generator.cpp: a generator sent without being moved.
// expect: deleted
// expect: a stream has one reader: write std::move(generator)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

Generator<int> numbers() { co_yield 1; }

void use(Core& core, Fwd<std::optional<int>> fwd) {
  auto stream = numbers();
#ifdef FIXED
  spawn_stream(core, std::move(stream), fwd);
#else
  spawn_stream(core, stream, fwd);
#endif
}
