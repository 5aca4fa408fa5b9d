// task/foreign_state.hpp: what a task knows of the foreign awaiter in which it is suspended.
// (internal)
#pragma once
#include <atomic>
#include <coroutine>
#include <cstdint>

namespace troupe::detail {

struct ForeignState {
  enum Fired : std::uint8_t { no, resumed, lost, over };  // over: whoever fires it now is late
  struct Ops {
    // May it be destroyed now? If not, it is asked to stop. Its awaiter gets its handle.
    bool (*cancel)(ForeignState& state) noexcept;
    void (*discard)(
        void* awaiter) noexcept;  // takes its result and drops it, so that guards release
  };
  ForeignState(const Ops& o, bool r) noexcept : ops(&o), goes_on(r) {}
  ForeignState(const ForeignState&) = delete;
  // Our thread wants no wake from it any more: true, and whoever fires it now is late; or it has
  // fired before.
  bool close() noexcept {
    std::uint8_t expected = no;
    return fired.compare_exchange_strong(expected, over);
  }
  void* awaiter;  // set by who has it
  const Ops* ops;
  std::atomic<std::uint8_t> fired{no};
  bool goes_on;          // reply_of(x), value_of(x): it is told of a loss
  bool arrived = false;  // our thread knows that it has fired
  std::coroutine_handle<>
      takes_over;  // the coroutine, named by the awaiter, in which the turn goes on
};

}  // namespace troupe::detail
