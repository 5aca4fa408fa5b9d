// loop/drain.hpp: what a loop does between a signal and the end: a handler has its work finished,
// within a limit. (internal)
#pragma once
#include <troupe/core/fwd.hpp>
#include <troupe/core/owned_timer.hpp>

namespace troupe::detail {

class Drain {
 public:
  Drain() noexcept = default;
  Drain(Fwd<int> handler, Duration limit) noexcept : handler_(std::move(handler)), limit_(limit) {}
  /// A signal has come: the handler is told, and the limit begins. Where nobody hears it, memory
  /// for the limit lacks, or the handler was told before, the runtime is asked for its shutdown at
  /// once.
  /// @param now the present: the runtime's own instant is that of its last turn, which may be long
  /// ago
  void begin(Core& core, Instant now, int signal) noexcept;
  /// The shutdown has come.
  void over() noexcept { limit_timer_.cancel(); }

 private:
  Fwd<int> handler_;
  Duration limit_{};
  FixedTimer limit_timer_;
};

}  // namespace troupe::detail
