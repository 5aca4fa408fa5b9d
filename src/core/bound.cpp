// core/bound.cpp: cells for bound arguments, of a pool or of the heap.
#include <troupe/core/bound.hpp>

namespace troupe::detail {

void* take_anywhere(std::size_t bytes) {
  if (Kernel* kernel = Kernel::current)
    if (void* cell = kernel->pool.take(bytes)) return cell;
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(::operator new(bytes)) | 1u);
}

void* take_for(Core* core, std::size_t bytes) {
  if (!core || kernel_of(*core).ended)
    return take_anywhere(bytes);  // a handle may outlive its runtime
  void* cell = kernel_of(*core).pool.take(bytes);
  if (!cell) TROUPE_THROW(std::bad_alloc{});
  return cell;
}

void give_anywhere(void* cell, std::size_t bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(cell);
  if (address & 1u)
    ::operator delete(reinterpret_cast<void*>(address & ~std::uintptr_t{1}));
  else
    Pool::give_back(cell, bytes);
}

}  // namespace troupe::detail
