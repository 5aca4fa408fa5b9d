// apps/respd/server/descriptors.hpp: how many clients the system lets the process serve.
#pragma once
#include <cstddef>

namespace respd {

/// Descriptors that are not for clients: the log, the loop, the listener, and clients that are told
/// that there are too many.
/// @param runtimes each has a loop and a listener
[[nodiscard]] constexpr std::size_t own_descriptors(std::size_t runtimes) noexcept {
  return 24 + runtimes * 8;
}

/// Sees to descriptors for so many clients at once: raises the limit of the process as far as it
/// may.
/// @param own how many are for others
/// @returns how many there are descriptors for, `wanted` at most; 0 when there are not even `own`
[[nodiscard]] std::size_t provide_descriptors(std::size_t wanted, std::size_t own) noexcept;

}  // namespace respd
