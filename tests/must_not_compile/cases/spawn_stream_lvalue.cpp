// must_not_compile/spawn_stream_lvalue.cpp: a stream sent without being moved.
// expect: deleted
// expect: a stream has one reader: write std::move(stream)
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;

void use(Core& core, PipeStream<int> stream, Fwd<std::optional<int>> fwd) {
#ifdef FIXED
  spawn_stream(core, std::move(stream), fwd);
#else
  spawn_stream(core, stream, fwd);
#endif
}
