// task/frame.hpp: where coroutine frames live, and what all of them have in common.
//
// A frame is a cell of the runtime's pool. Before it stands a head that counts the `TaskRef`s, which keep the memory
// (not the frame), so that a ref outlives its task and its runtime.
#pragma once
#include <coroutine>
#include <cstdint>
#include <source_location>
#include <troupe/core/life.hpp>

namespace troupe {

namespace detail {
class Strand;

struct alignas(16) FrameHead {
  std::uint32_t refs;  // TaskRefs, and the list of the doomed
  std::uint32_t size;  // bytes, head included, set when the frame has gone; and 1 if it is of the heap
  FrameHead* doomed;   // next in that list; itself at its end
  bool heap() const noexcept { return (size & 1u) != 0; }
  bool alive() const noexcept { return size <= 1; }
  void give_back() noexcept;  // a frame that has gone, or one of the heap
};
static_assert(sizeof(FrameHead) == 16);

// A frame's cell, head included; its size is a constant where a coroutine is compiled, so its pool class is too.
constexpr std::size_t frame_cell(std::size_t bytes) noexcept {
  return (bytes + sizeof(FrameHead) + 15) & ~std::size_t{15};
}
void* heap_frame(std::size_t bytes);  // throws bad_alloc: where no runtime runs on this thread, or its pool is empty
TROUPE_INLINE void* new_frame(std::size_t bytes) {
  if (Core* core = Core::current(); core && frame_cell(bytes) <= Pool::largest) [[likely]]
    if (void* cell = Access::take(*core, frame_cell(bytes))) [[likely]]
      return ::new (cell) FrameHead{0, 0, nullptr} + 1;
  return heap_frame(bytes);
}
TROUPE_INLINE void delete_frame(void* frame, std::size_t bytes) noexcept {
  auto* head = static_cast<FrameHead*>(frame) - 1;
  if (head->refs == 0 && head->size == 0) [[likely]]
    return Access::give(head, frame_cell(bytes));
  head->size |= static_cast<std::uint32_t>(frame_cell(bytes));
  if (head->refs == 0) head->give_back();
}

struct Frame {                 // base of every promise of ours, at offset 0
  Strand* strand = nullptr;    // the task it runs for
  Frame* parent = nullptr;     // who goes on when it ends; null in the outermost
  std::source_location where;  // its latest co_await, or its beginning
  void* holder;                // with a parent: the pointer there that owns it
  std::coroutine_handle<Frame> handle() noexcept { return std::coroutine_handle<Frame>::from_promise(*this); }
  FrameHead* head() noexcept { return static_cast<FrameHead*>(handle().address()) - 1; }
  static Frame& of(FrameHead* head) noexcept { return std::coroutine_handle<Frame>::from_address(head + 1).promise(); }
  static void* operator new(std::size_t bytes) { return new_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { delete_frame(frame, bytes); }
};
}  // namespace detail

}  // namespace troupe
