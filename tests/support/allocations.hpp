// support/allocations.hpp: counts what operator new gives, and makes it fail on demand.
//
// The counters are here; the operators themselves are in support/allocations_hook.hpp, which
// exactly one file of a test program includes. Failing is for the thread that asks for it; the
// counts are of the whole program.
#pragma once
#include <atomic>
#include <cstdint>

namespace troupe_test {

struct Allocations {
  static inline std::atomic<std::int64_t> made{0};  ///< since the program began
  static inline std::atomic<std::int64_t> live{0};
  static constexpr std::int64_t never = -1;
  static inline thread_local std::int64_t fail_in = never;  ///< how many succeed before one fails
  static inline thread_local bool fail_on = false;  ///< whether all that follow that one fail too

  /// Whether the allocation that is asked for now must fail.
  static bool refuses() noexcept {
    if (fail_in == never) return false;
    if (fail_in > 0) return --fail_in, false;
    if (!fail_on) fail_in = never;
    return true;
  }
};

/// While it lives, the n-th allocation of this thread (counted from 0) fails, and all behind it if
/// `all`.
class FailAllocation {
 public:
  explicit FailAllocation(std::int64_t n, bool all = false) noexcept {
    Allocations::fail_in = n;
    Allocations::fail_on = all;
  }
  FailAllocation(const FailAllocation&) = delete;
  ~FailAllocation() { stop(); }
  void stop() noexcept {
    Allocations::fail_in = Allocations::never;
    Allocations::fail_on = false;
  }
};

/// How often operator new is called in `rounds` rounds of `f`, behind as many that get everything
/// warm.
template <class F> std::int64_t allocations_in_steady_state(F&& f, int rounds = 20) {
  for (int i = 0; i < rounds; ++i) f();
  const std::int64_t before = Allocations::made;
  for (int i = 0; i < rounds; ++i) f();
  return Allocations::made - before;
}

}  // namespace troupe_test
