// task/generator.hpp: `Generator<T>`: a coroutine that makes a stream by `co_yield`.
//
// It runs within the task that reads it, as a child does: reading resumes it through the task's
// loop, and yielding the reader, so no stack grows. At rest it may be moved. A yielded value stays
// where it is until the reader takes it.
//
// Ownership: the Generator owns the coroutine. A read in progress becomes the owner if the
// Generator is destroyed. A read that is destroyed while the coroutine waits inside destroys the
// coroutine, since that wait belongs to the reader's task.
#pragma once
#include <troupe/task/generator_promise.hpp>

namespace troupe {

/// A coroutine that makes a stream: it may `co_yield` values of `T` and `co_await` anything. Does
/// nothing until its first `next()`; each next() runs it to its next `co_yield`, inside the reading
/// task, without a turn of the queue. `co_yield std::unexpected(ActorFail(...))` ends it as a lost
/// stream. What it awaits under Mode::drop and does not get ends the reading task. Move-only; may
/// be moved between two reads, also to another task. The destructor destroys the locals of the
/// coroutine. If the reader is dropped while the generator waits inside `next()`, the generator is
/// dropped too, and so it is by a limit or a race around `next()` that is decided meanwhile: later
/// reads find it lost, with Why::cancelled. One that is read with limits stands behind a pipe, by
/// spawn_stream() (docs/bridge.md).
/// `T` is `Keepable`. Its parameters own their values (a `Core&` aside), and are no `Cx`. Cost: one
/// pooled frame.
template <class T> class [[nodiscard("a Generator does nothing until it is read")]] Generator {
 public:
  using troupe_of_one_runtime = void;
  using value_type = T;
  using troupe_carries = detail::FieldTypes<T>;
  explicit Generator(detail::GeneratorPromise<T>* promise) noexcept : promise_(promise) {
    note_home();
  }
  Generator(const Generator&) = delete;  // a stream has one reader: write std::move(generator)
  Generator(Generator&& other) noexcept
      : promise_(std::exchange(other.promise_, nullptr)), cut_(std::exchange(other.cut_, false)) {
    note_home();
  }
  Generator& operator=(Generator&& other) noexcept {
    Generator old(std::move(*this));
    promise_ = std::exchange(other.promise_, nullptr);
    cut_ = std::exchange(other.cut_, false);
    note_home();
    return *this;
  }
  ~Generator() {
    if (!promise_) return;
    promise_->home = nullptr;
    if (!promise_->claimed) detail::let_frame_go(*promise_);
  }
  /// Awaits the next item: `co_await generator.next()` gives `std::optional<T>`; an exception out
  /// of the coroutine ends the stream and is thrown here. Best in tasks, steps and generators: in
  /// timeout() and its like, and in coroutines of foreign types, it takes a task for each item, and
  /// only an `ActorFailed` tells of an exception. An item that a child of race() or its like has
  /// read dies with the awaiting task, if that is dropped before it goes on.
  detail::NextYield<T, Mode::drop> next() {
    if (promise_ && std::exchange(promise_->claimed, true)) [[unlikely]]
      leave_to_parked();
    return detail::NextYield<T, Mode::drop>(promise_, std::exchange(cut_, false));
  }
  void begin() = delete;  // read it with `co_await generator.next()`, until that gives nothing
  void end() = delete;

 private:
  friend detail::GeneratorPromise<T>;
  void note_home() noexcept {
    if (promise_) promise_->home = this;
  }
  void cut() noexcept {
    promise_ = nullptr;
    cut_ = true;
  }
  // Its reader was dropped, but foreign code holds on to where they wait.
  [[gnu::noinline]] void leave_to_parked() {
    if (!promise_->is_parked())
      panic("a Generator is read by two coroutines at once", type_name<T>);
    promise_->home = nullptr;
    cut();
  }
  detail::GeneratorPromise<T>* promise_;
  bool cut_ = false;
};

}  // namespace troupe
