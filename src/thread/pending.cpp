// thread/pending.cpp: more cells.
#include <troupe/thread/pending.hpp>

namespace troupe::detail {

bool PendingCells::add_slab() noexcept {
  void* room = ::operator new(sizeof(Slab) + in_slab * sizeof(Pending), std::nothrow);
  if (!room) return false;
  slabs_ = ::new (room) Slab{slabs_};
  auto* cell = reinterpret_cast<Pending*>(slabs_ + 1);
  for (std::size_t n = 0; n != in_slab; ++n, ++cell) {
    ::new (static_cast<void*>(cell)) Pending{{free_, nullptr}, {}, this, nullptr, nullptr, {}};
    free_ = cell;
  }
  free_count_ += in_slab;
  return true;
}

}  // namespace troupe::detail
