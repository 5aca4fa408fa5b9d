// core/words.hpp: the two words in which a Ret carries what is bound to it. (internal)
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>

namespace troupe::detail {

// As bytes: as two integers, GCC 12 at -O3 loses a store to aliasing.
struct alignas(8) Words {
  std::byte raw[16];
};
// A pointer as the first of two words. Written as wide as a move of the Ret reads it: two writes
// would stall that.
inline Words words_of(const void* p) noexcept {
  using Wide [[gnu::vector_size(16)]] = std::uint64_t;
  const Wide both = {reinterpret_cast<std::uintptr_t>(p), 0};
  return std::bit_cast<Words>(both);
}

}  // namespace troupe::detail
