// must_not_compile/stream_pipe_capacity_first.cpp: a pipe with its capacity where what asks for
// more is.
// expect: deleted
// expect: write stream_pipe<T>(core, more, capacity, when_full); an item may not borrow
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  auto [stream, fwd] = stream_pipe<int>(core, fwd_nop, 16);
  fwd(std::nullopt);
#else
  auto pipe = stream_pipe<int>(core, 16);
#endif
}
