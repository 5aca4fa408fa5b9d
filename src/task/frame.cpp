// task/frame.cpp: frames where the pool has none, and the end of a frame's memory.
#include <troupe/task/frame.hpp>

#include <new>

namespace troupe::detail {

void* heap_frame(std::size_t bytes) {
  return ::new (::operator new(frame_cell(bytes))) FrameHead{1, 1, nullptr} + 1;
}

void FrameHead::give_back() noexcept {
  if (heap())
    ::operator delete(static_cast<void*>(this));
  else
    Pool::give_back(this, size);
}

}  // namespace troupe::detail
