// must_not_compile/stream_pipe_weight_signed.cpp: a weight that may be negative.
// expect: a_weight_is_called_with_a_const_item_and_gives_a_std_size_t
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct ByLength {
#ifdef FIXED
  std::size_t operator()(const std::string& text) const noexcept { return text.size(); }
#else
  int operator()(const std::string& text) const noexcept { return static_cast<int>(text.size()); }
#endif
};
void use(Core& core) { auto [stream, fwd] = stream_pipe<std::string, ByLength>(core); }
