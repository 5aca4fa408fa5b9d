// core/share.cpp: the checks of a borrow that are made at run time.
#include <troupe/base/panic.hpp>
#include <troupe/core/share.hpp>

namespace troupe::detail {

void check_borrowed(std::initializer_list<const void*> boxes, bool writes,
                    std::string_view type) noexcept {
  for (auto a = boxes.begin(); a != boxes.end(); ++a) {
    if (!*a) panic("an empty Share is borrowed", type);
    for (auto b = boxes.begin(); writes && b != a; ++b)
      if (*a == *b) panic("one Share is borrowed twice by one rw", type);
  }
}

void begin_borrow(BorrowState& state, bool writes, std::string_view type,
                  const std::source_location& here) noexcept {
  if (state.writers != 0) panic("a Share is borrowed while another is borrowed for writing", type);
  if (writes && state.readers != 0)
    panic("a Share is borrowed for writing while another is borrowed for reading", type);
  ++(writes ? state.writers : state.readers);
  state.latest = here;
}

}  // namespace troupe::detail
