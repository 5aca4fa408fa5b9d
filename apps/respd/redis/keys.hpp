// apps/respd/redis/keys.hpp: what one database is made of: keys with their values.
#pragma once
#include <cstdint>
#include <limits>

#include "redis/table.hpp"
#include "redis/value.hpp"
#include "redis/wall_clock.hpp"

namespace respd {

/// What a key maps to in a database.
struct Slot {
  /// The expiry time of a key that has none.
  static constexpr UnixMs never = std::numeric_limits<UnixMs>::max();
  static constexpr std::uint32_t not_queued = (std::uint32_t{1} << 28) - 1;

  Value value;
  /// Where the key stands in the expiry heap of its database.
  std::uint32_t heap_at : 28 = not_queued;
  /// Which of the keyspace's shelves it stands on.
  std::uint32_t shelf : 4 = 0;
};

/// One database.
using Keys = Table<Slot>;
/// One key with its value.
using Entry = Keys::Node;

}  // namespace respd
