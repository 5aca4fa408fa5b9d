// core/notice.hpp: who hears of an actor's end: its owner first, then those who watch. (internal)
#pragma once
#include <troupe/core/ret.hpp>
#include <troupe/core/timer_key.hpp>

namespace troupe::detail {

struct Watch;
struct Notice {                        // pooled; the header of a box points at it
  Notice() noexcept : ret(nullptr) {}  // nobody hears yet
  explicit Notice(Ret<StopCause>&& r) noexcept : ret(std::move(r)) {}
  Notice(const Notice&) = delete;
  bool is_heard() const noexcept { return ret || watches; }
  Ret<StopCause> ret;        // the owner's; may be empty
  Watch* watches = nullptr;  // in their order
  Watch** end = &watches;
  static constexpr std::size_t first_look = 16;
  std::size_t count = 0,
              look_at =
                  first_look;  // watches, and how many make it look for those that nobody wants
  StopCause cause;             // while the state waits for parked tasks
  FixedTimerKey limit;         // of that wait
};

struct Watch {  // somebody else who hears; pooled
  Watch(Notice& n, Ret<StopCause>&& r, std::uint64_t number) noexcept;
  Watch(const Watch&) = delete;
  Notice& of;
  Ret<StopCause> ret;
  Watch *next = nullptr, **place;              // of those who watch the same actor
  Watch *next_own = nullptr, **own = nullptr;  // of those that one actor has said
  Box* watcher = nullptr;                      // that actor, if it is one
  std::uint64_t number;
};

// For an actor that is made; null for `ret_nop`. Throws bad_alloc; `notify` has heard it then.
Notice* new_notice(Core& core, Ret<StopCause>&& notify);
TROUPE_INLINE Notice* notice_for(Core& core, Ret<StopCause>&& notify) {
  return notify.take_nop() ? nullptr : new_notice(core, std::move(notify));
}
// For an actor that has none: nobody hears yet. Null where there is no memory.
Notice* empty_notice(Kernel& kernel) noexcept;
void free_notice(Box& box) noexcept;
// Tells everybody; the notice may be gone when this returns.
void tell_end(Box& box, const StopCause& cause);
// A watch of that actor, by the one that `ret` calls, if any. Throws bad_alloc; `ret` has heard it
// then.
std::uint64_t add_watch(Box& box, Ret<StopCause>&& ret);
bool end_watch(Box& box, std::uint64_t number) noexcept;
// An actor that watches others ends: it leaves them.
void forget_watches(Box& by) noexcept;

}  // namespace troupe::detail
