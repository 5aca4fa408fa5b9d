// task/stop_state.hpp: whether a stop was requested, and who wants to hear of it. (internal)
#pragma once
#include <cstdint>

namespace troupe {
class ActorFail;
}

namespace troupe::detail {

struct StopLink {  // a callback, in the list of its state
  void (*run)(StopLink*) noexcept = nullptr;
  StopLink *prev = nullptr, *next = nullptr;
};
struct StopState {
  std::uint32_t refs = 1;
  bool requested = false;
  const ActorFail* lost_why = nullptr;  // the task's: it has no room for it beside this state
  StopLink* links = nullptr;
  StopState* later = nullptr;            // in the list of those whose callbacks were put off
  void add(StopLink& link) noexcept;     // or runs it, if it was requested before
  void remove(StopLink& link) noexcept;  // also from inside a callback
  void request() noexcept;               // runs each callback once, the latest first
  void request_flat() noexcept;  // the same; nested deep in others, behind the outermost of them
  void release() noexcept {
    if (--refs == 0) free();
  }
  void free() noexcept;  // compiled: GCC 12 at -O3 takes each release for the last
};

}  // namespace troupe::detail
