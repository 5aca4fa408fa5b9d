// thread/pending.cpp: more cells.
#include <troupe/thread/pending.hpp>

namespace troupe::detail {

template <class Cell, std::size_t InSlab> bool PendingCells<Cell, InSlab>::add_slab() noexcept {
  auto* const slab = new (std::nothrow) Slab;
  if (!slab) return false;
  slab->next = std::exchange(slabs_, slab);
  for (std::size_t n = InSlab; n-- != 0;) {
    slab->cells[n].cells = this;
    add_free(slab->cells[n]);
  }
  return true;
}
template class PendingCells<Pending, 56>;
template class PendingCells<PendingFwd, 16>;

}  // namespace troupe::detail
