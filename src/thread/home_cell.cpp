// thread/home_cell.cpp: the home side: news, and the end.
#include <troupe/core/throw_later.hpp>
#include <troupe/thread/home_cell.hpp>

namespace troupe::detail {

void HomeCell::take(Node* node) noexcept {
  HomeCell& cell = *static_cast<HomeCell*>(node);
  step();
  const std::uint32_t bits = cell.word_.exchange(0, std::memory_order_acq_rel);
  TROUPE_TRY { cell.ops_->news(cell, bits); }
  TROUPE_CATCH_ALL { throw_later(cell.core_, std::current_exception()); }
  if (!(bits & away_gone)) return;  // the holder may queue it again
  cell.AtEnd::unlink();
  cell.ops_->destroy(cell);
}

// No holder pushes any more, and what is in the inbox is not run.
void HomeCell::end_of_runtime(AtEnd& self) noexcept {
  HomeCell& cell = static_cast<HomeCell&>(self);
  cell.ops_->gone(cell);
  step();
  if (cell.word_.fetch_or(home_gone, std::memory_order_acq_rel) & away_gone)
    cell.ops_->destroy(cell);
}

}  // namespace troupe::detail
