// must_not_compile/stream_pipe_capacity_first.cpp: a pipe with its capacity where what asks for
// more is.
// expect: deleted
// expect: stream_pipe_of_T_takes_core_more_capacity_when_full_and_T_must_not_borrow
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
