// apps/respd/server/descriptors.hpp: how many clients the system lets the process serve.
#pragma once
#include <cstddef>

namespace respd {

/// Descriptors that are not for clients: the log, the loop, the listener, and clients that are told
/// that there are too many.
inline constexpr std::size_t own_descriptors = 32;

/// Sees to descriptors for so many clients at once: raises the limit of the process as far as it
/// may.
/// @returns how many there are descriptors for, `wanted` at most; 0 when there are not even
/// `own_descriptors`
[[nodiscard]] std::size_t provide_descriptors(std::size_t wanted) noexcept;

}  // namespace respd
