// core/notice.hpp: who hears of an actor's end: its owner first, then those who watch.
#pragma once
#include <troupe/core/ret.hpp>
#include <troupe/core/timer_key.hpp>

namespace troupe::detail {

struct Notice {  // pooled; the header of a box points at the first
  explicit Notice(Ret<StopCause>&& r) noexcept : ret(std::move(r)) {}
  Ret<StopCause> ret;
  Notice* next = nullptr;
  StopCause cause;      // in the first, while the state waits for parked tasks
  FixedTimerKey limit;  // of that wait
};

}  // namespace troupe::detail
