// must_not_compile/stream_pipe_weight_throws.cpp: a weight that may throw.
// expect: a_weight_must_not_throw_mark_its_call_operator_noexcept
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct ByLength {
#ifdef FIXED
  std::size_t operator()(const std::string& text) const noexcept { return text.size(); }
#else
  std::size_t operator()(std::string text) const { return text.size(); }
#endif
};
void use(Core& core) { auto [stream, fwd] = stream_pipe<std::string, ByLength>(core); }
