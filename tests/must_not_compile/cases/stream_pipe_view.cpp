// must_not_compile/stream_pipe_view.cpp: a pipe of views.
// expect: deleted
// expect: write stream_pipe<T>(core, more, capacity, when_full); an item may not borrow
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

void use(Core& core) {
#ifdef FIXED
  auto [stream, fwd] = stream_pipe<std::string>(core);
  fwd(std::nullopt);
#else
  auto pipe = stream_pipe<std::string_view>(core);
#endif
}
