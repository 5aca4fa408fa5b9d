// core/turn_asker.hpp: how a queue or a timer queue that rests between two runs asks the host for a
// turn. (internal)
#pragma once

namespace troupe::detail {

// Whoever keeps queues derives from it. What is put into a queue outside of a run has to reach the
// host, which may be asleep until the next timer: so the queue asks.
class TurnAsker {
 public:
  explicit TurnAsker(void (*how)(TurnAsker&) noexcept) noexcept : ask_(how) {}
  TurnAsker(const TurnAsker&) = delete;
  void ask() noexcept { ask_(*this); }

 private:
  void (*ask_)(TurnAsker&) noexcept;
};

}  // namespace troupe::detail
