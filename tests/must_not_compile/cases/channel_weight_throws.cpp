// must_not_compile/channel_weight_throws.cpp: a weight of a channel that may throw.
// expect: a_weight_must_not_throw_mark_its_call_operator_noexcept
#include <optional>
#include <string>
#include <troupe/thread.hpp>

using namespace troupe;

struct ByLength {
#ifdef FIXED
  std::size_t operator()(const std::string& text) const noexcept { return text.size(); }
#else
  std::size_t operator()(const std::string& text) const { return text.size(); }
#endif
};
void use(Core& core, Fwd<std::optional<std::string>> fwd) {
  auto made = channel<std::string, ByLength>(core, std::move(fwd), 4096);
  (void)made;
}
