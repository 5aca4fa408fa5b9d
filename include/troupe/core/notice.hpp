// core/notice.hpp: who hears of an actor's end: its owner first, then those who watch.
#pragma once
#include <troupe/core/ret.hpp>
#include <troupe/core/timer_key.hpp>

namespace troupe::detail {

struct Watch;
struct Notice {  // pooled; the header of a box points at it
  explicit Notice(Ret<StopCause>&& r) noexcept : ret(std::move(r)) {}
  Notice(const Notice&) = delete;
  bool is_heard() const noexcept { return ret || watches; }
  Ret<StopCause> ret;        // the owner's; may be empty
  Watch* watches = nullptr;  // in their order
  Watch** end = &watches;
  static constexpr std::size_t first_look = 16;
  std::size_t count = 0, look_at = first_look;  // watches, and how many make it look for those that nobody wants
  StopCause cause;                              // while the state waits for parked tasks
  FixedTimerKey limit;                          // of that wait
};

struct Watch {  // somebody else who hears; pooled
  Watch(Notice& n, Ret<StopCause>&& r, std::uint64_t number) noexcept;
  Watch(const Watch&) = delete;
  Notice& of;
  Ret<StopCause> ret;
  Watch *next = nullptr, **place;              // of those who watch the same actor
  Watch *next_own = nullptr, **own = nullptr;  // of those that one actor has said
  CxBase* watcher = nullptr;                   // that actor, if it is one
  std::uint64_t number;
};

}  // namespace troupe::detail
