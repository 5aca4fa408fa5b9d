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

class Strand;

namespace detail {
struct alignas(16) FrameHead {
  std::uint32_t refs;  // TaskRefs, and the list of the doomed
  std::uint32_t size;  // bytes, head included, set when the frame has gone; and 1 if it is of the heap
  FrameHead* doomed;   // next in that list; itself at its end
  bool heap() const noexcept { return (size & 1u) != 0; }
  bool alive() const noexcept { return size <= 1; }
  void give_back() noexcept;
};
static_assert(sizeof(FrameHead) == 16);

void* new_frame(std::size_t bytes);  // throws bad_alloc; of the runtime that runs on this thread, or of the heap
void delete_frame(void* frame, std::size_t bytes) noexcept;

struct Frame {  // base of every promise of ours, at offset 0
  Strand* strand = nullptr;    // the task it runs for
  Frame* parent = nullptr;     // who goes on when it ends; null in the outermost
  std::source_location where;  // its latest co_await, or its beginning
  std::coroutine_handle<Frame> handle() noexcept { return std::coroutine_handle<Frame>::from_promise(*this); }
  FrameHead* head() noexcept { return static_cast<FrameHead*>(handle().address()) - 1; }
  static Frame& of(FrameHead* head) noexcept { return std::coroutine_handle<Frame>::from_address(head + 1).promise(); }
  static void* operator new(std::size_t bytes) { return new_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { delete_frame(frame, bytes); }
};
}  // namespace detail

}  // namespace troupe
