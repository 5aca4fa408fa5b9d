// task/strand.cpp: waking, running, dropping and parking of tasks.
#include <troupe/task/strand.hpp>

#include <new>
#include <troupe/task/foreign.hpp>

namespace troupe {
namespace detail {

// ---- frames
void* new_frame(std::size_t bytes) {
  const std::size_t all = (bytes + sizeof(FrameHead) + 15) & ~std::size_t{15};
  void* cell = nullptr;
  std::uint32_t mark = 0;
  if (Core* core = Core::current(); core && all <= Pool::largest) cell = Access::take(*core, all);
  if (!cell) {
    cell = ::operator new(all);
    mark = 1;
  }
  auto* head = ::new (cell) FrameHead{0, 0, nullptr};
  head->doomed = reinterpret_cast<FrameHead*>(std::uintptr_t{mark});  // until it dies: whether it is of the heap
  return head + 1;
}

void delete_frame(void* frame, std::size_t bytes) noexcept {
  auto* head = static_cast<FrameHead*>(frame) - 1;
  const auto all = static_cast<std::uint32_t>((bytes + sizeof(FrameHead) + 15) & ~std::size_t{15});
  head->size = all | (head->doomed == reinterpret_cast<FrameHead*>(std::uintptr_t{1}) ? 1u : 0u);
  if (head->refs == 0) head->give_back();
}

void FrameHead::give_back() noexcept {
  if (heap()) ::operator delete(static_cast<void*>(this));
  else Access::give(this, size);
}

std::byte* WakeRecord::run(Core* core, std::byte* at) noexcept {
  if (Strand* s = reinterpret_cast<WakeRecord*>(at)->strand) {
    s->item_ = nullptr;
    if (core) [[likely]] s->run_item();
  }
  return at + sizeof(WakeRecord);
}

}  // namespace detail
}  // namespace troupe
