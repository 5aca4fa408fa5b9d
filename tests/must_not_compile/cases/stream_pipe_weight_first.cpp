// must_not_compile/stream_pipe_weight_first.cpp: a capacity where what asks for more is.
// expect: deleted
// expect: stream_pipe_of_T_takes_core_more_capacity_when_full
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  auto [stream, fwd] = stream_pipe<std::string, BySize>(core, fwd_nop, 4096);
#else
  auto [stream, fwd] = stream_pipe<std::string, BySize>(core, 4096);
#endif
}
