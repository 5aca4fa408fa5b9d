// apps/respd/redis/steps.hpp: counts the work of commands, so that tests can hold it to a bound.
#pragma once
#include <cstdint>

namespace respd {

/// Whether steps are counted: in debug builds only, elsewhere counting costs nothing.
#ifdef NDEBUG
inline constexpr bool steps_are_counted = false;
#else
inline constexpr bool steps_are_counted = true;
#endif

/// How many steps this thread has taken. A step is one element of a container, or one place of an
/// index, that was looked at, made, moved, copied, answered with or destroyed.
inline constinit thread_local std::uint64_t steps_taken = 0;

/// Counts `n` steps.
inline void step([[maybe_unused]] std::uint64_t n = 1) noexcept {
  if constexpr (steps_are_counted) steps_taken += n;
}

}  // namespace respd
