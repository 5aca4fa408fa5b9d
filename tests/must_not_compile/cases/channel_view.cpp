// must_not_compile/channel_view.cpp: a channel of views.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <optional>
#include <string>
#include <string_view>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Text = std::string;
#else
using Text = std::string_view;
#endif
void use(Core& core) {
  auto made = channel_stream<Text>(core);
  (void)made;
}
