// must_not_compile/channel_stream_weight.cpp: items without a size that are weighed by it.
// expect: a_weight_is_called_with_a_const_item_and_gives_a_std_size_t
#include <string>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Item = std::string;
#else
using Item = int;
#endif
void use(Core& core) {
  auto made = channel_stream<Item, BySize>(core, 4096);
  (void)made;
}
