// task/wake.hpp: who waits: a task of ours, or any coroutine at all.
//
// An awaiter of ours keeps one word. For a task it names the strand, whose resumption is a record
// of the queue. For a coroutine of a foreign type it names a `HandleWaiter` inside the awaiter.
#pragma once
#include <cstdint>
#include <troupe/task/handle_waiter.hpp>
#include <troupe/task/strand.hpp>

namespace troupe {

/// A handle, for one use, to the coroutine that is suspended in an awaiter: fire() or lose() is
/// called once at most. 8 bytes; empty by default.
class Wake {
 public:
  Wake() noexcept = default;
  /// @param drops whether a loss drops the task (Mode::drop) instead of resuming it
  Wake(detail::Strand& strand,
       bool drops) noexcept  // aligned, and added: the compiler then sees through strand()
      : word_(reinterpret_cast<std::uintptr_t>(__builtin_assume_aligned(&strand, alignof(void*))) +
              (drops ? 2u : 0u)) {}
  explicit Wake(detail::HandleWaiter& waiter) noexcept
      : word_(reinterpret_cast<std::uintptr_t>(&waiter) | 1u) {}
  explicit operator bool() const noexcept { return word_ != 0; }
  /// The task of ours that waits, or null.
  detail::Strand* strand() const noexcept {
    return word_ & 1u ? nullptr : reinterpret_cast<detail::Strand*>(word_ & ~std::uintptr_t{3});
  }
  /// Whether the resumption is queued.
  bool has_fired() const noexcept {
    return strand() ? strand()->has_fired() : waiter()->has_fired();
  }
  /// Takes the resumption back: it waits on. One that was to be resumed for the last time goes.
  void take_back() const noexcept {
    if (detail::Strand* s = strand())
      s->take_back();
    else
      waiter()->take_back();
  }
  /// Resumes the coroutine of a foreign type that waits, here and now. What it throws passes
  /// through.
  void resume_coroutine() const { waiter()->resume(); }
  /// Queues the resumption.
  TROUPE_INLINE void fire(Core& core) const noexcept {
    fire_on([&core]() -> Core& { return core; });
  }
  /// Queues the resumption, on what `core()` gives: only a coroutine of a foreign type needs it.
  template <class F> TROUPE_INLINE void fire_on(const F& core) const noexcept {
    if (!(word_ & 1u)) [[likely]]
      strand()->wake();
    else
      waiter()->fire(core());
  }
  /// Says that nothing will come: drops the task, or resumes it to be told. `why` lives as long as
  /// the awaiter.
  void lose(Core& core, const ActorFail& why) const noexcept {
    if ((word_ & 3u) == 2)
      strand()->lose(why);
    else
      fire(core);
  }

 private:
  detail::HandleWaiter* waiter() const noexcept {
    return reinterpret_cast<detail::HandleWaiter*>(word_ & ~std::uintptr_t{3});
  }
  std::uintptr_t word_ = 0;
};

}  // namespace troupe
