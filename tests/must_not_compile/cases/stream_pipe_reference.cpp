// must_not_compile/stream_pipe_reference.cpp: a pipe of references.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  auto [stream, fwd] = stream_pipe<int>(core);
  fwd(std::nullopt);
#else
  auto pipe = stream_pipe<int&>(core);
#endif
}
