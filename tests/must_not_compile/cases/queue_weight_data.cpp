// must_not_compile/queue_weight_data.cpp: a weight that has data.
// expect: a_weight_is_a_class_without_data_that_is_made_anew_for_each_item
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct WithOverhead {
#ifdef FIXED
  static constexpr std::size_t overhead = 24;
#else
  std::size_t overhead = 24;
#endif
  std::size_t operator()(const std::string& text) const noexcept { return text.size() + overhead; }
};
void use() { Queue<std::string, WithOverhead> queue(4096); }
