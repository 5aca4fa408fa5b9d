// task/frame.hpp: where coroutine frames live, what all of them have in common, and how one is
// destroyed before it has run to its end. (internal)
//
// A frame is a cell of the runtime's pool. Before it stands a head that counts the `FrameRef`s,
// which keep the memory (not the frame), so that a ref outlives its task and its runtime.
//
// A local whose destructor throws while its frame is destroyed does not end the destruction: GCC
// and Clang go on as in a running coroutine, into a catch block of its body or to its final
// suspension, and `destroy()` returns with the frame suspended again. So a frame is destroyed until
// it has gone.
#pragma once
#include <coroutine>
#include <cstdint>
#include <exception>
#include <source_location>
#include <troupe/core/kernel.hpp>
#include <utility>

namespace troupe {

namespace detail {
class Strand;

struct alignas(16) FrameHead {
  std::uint32_t refs;  // the frame, FrameRefs, and the list of deferred cancels
  std::uint32_t
      size;  // bytes, head included, set when the frame has gone; and 1 if it is of the heap
  FrameHead* next_cancelled;  // next in that list (itself at its end), or in that of the frames
                              // that go later
  bool heap() const noexcept { return (size & 1u) != 0; }
  bool alive() const noexcept { return size <= 1; }
  void give_back() noexcept;  // a frame that has gone, or one of the heap
};
static_assert(sizeof(FrameHead) == 16);

// A frame's cell, head included; its size is a constant where a coroutine is compiled, so its pool
// class is too.
constexpr std::size_t frame_cell(std::size_t bytes) noexcept {
  return (bytes + sizeof(FrameHead) + 15) & ~std::size_t{15};
}
void* heap_frame(std::size_t bytes);  // throws bad_alloc: where no runtime runs on this thread, or
                                      // its pool is empty
TROUPE_INLINE void* new_frame(std::size_t bytes) {
  if (Kernel* kernel = Kernel::current; kernel && frame_cell(bytes) <= Pool::largest) [[likely]]
    if (void* cell = kernel->pool.take(frame_cell(bytes))) [[likely]]
      return ::new (cell) FrameHead{1, 0, nullptr} + 1;
  return heap_frame(bytes);
}
TROUPE_INLINE void delete_frame(void* frame, std::size_t bytes) noexcept {
  auto* head = static_cast<FrameHead*>(frame) - 1;
  if (head->refs == 1 && head->size == 0) [[likely]]
    return Pool::give_back(head, frame_cell(bytes));
  head->size |= static_cast<std::uint32_t>(frame_cell(bytes));
  if (--head->refs == 0) head->give_back();
}

// Keeps the memory of a frame, not the frame.
class FrameRef {
 public:
  FrameRef() noexcept = default;
  explicit FrameRef(FrameHead* head) noexcept : head_(head) {
    if (head_) ++head_->refs;
  }
  // The first one: of a task that begins just now.
  static FrameRef of_new(FrameHead* head) noexcept {
    head->refs = 2;  // without a look: where it is not kept, the compiler then makes nothing of it
    FrameRef first;
    first.head_ = head;
    return first;
  }
  FrameRef(const FrameRef& other) noexcept : FrameRef(other.head_) {}
  FrameRef(FrameRef&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  FrameRef& operator=(FrameRef other) noexcept { return std::swap(head_, other.head_), *this; }
  ~FrameRef() {
    if (head_ && --head_->refs == 0) head_->give_back();
  }
  bool alive() const noexcept { return head_ && head_->alive(); }
  FrameHead* head() const noexcept { return head_; }

 private:
  FrameHead* head_ = nullptr;
};

struct Frame {                 // base of every promise of ours, at offset 0
  Strand* strand = nullptr;    // the task it runs for
  Frame* parent = nullptr;     // who goes on when it ends; null in the outermost
  std::source_location where;  // its latest co_await, or its beginning
  void* holder;  // with a parent: the pointer there that owns it; of a group's child: its slot
  std::coroutine_handle<Frame> handle() noexcept {
    return std::coroutine_handle<Frame>::from_promise(*this);
  }
  FrameHead* head() noexcept { return static_cast<FrameHead*>(handle().address()) - 1; }
  static Frame& of(FrameHead* head) noexcept {
    return std::coroutine_handle<Frame>::from_address(head + 1).promise();
  }
  static void* operator new(std::size_t bytes) { return new_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    delete_frame(frame, bytes);
  }
};

// The destruction of a frame that is going on, on this thread; one may go within another's. A
// destructor in it may run another runtime: what coroutines do in there is no part of it.
struct FrameDrop {
  static inline constinit thread_local FrameDrop* innermost = nullptr;
  // Whether what dies now dies because a coroutine is dropped: in its frame, or by a local of it.
  static bool goes_on() noexcept {
    return innermost && innermost->unfinished && innermost->is_here();
  }
  // A coroutine lets an exception out: in a drop nobody hears of it but the log.
  static void note(const std::exception_ptr& error) noexcept {
    if (innermost && innermost->is_here()) [[unlikely]]
      innermost->error = error;
  }
  bool is_here() const noexcept { return current == Kernel::current; }
  FrameDrop* outer;
  const Kernel* current;  // the runtime that runs
  int depth;              // how many frames go, one within the other
  bool unfinished;        // it had not come to its end
  std::exception_ptr error;
};
}  // namespace detail

}  // namespace troupe
