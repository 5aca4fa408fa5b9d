// apps/respd/redis/keyspace.hpp: the databases: keys, their values, and when they expire.
//
// A key that is past its time is gone for whoever looks it up, at that moment. Those nobody looks
// up wait in one heap over all databases, whose top tells the host when to set its timer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/table.hpp"
#include "redis/value.hpp"
#include "redis/wall_clock.hpp"

namespace respd {

/// What a key maps to in a database.
struct Slot {
  /// The expiry time of a key that has none.
  static constexpr UnixMs never = std::numeric_limits<UnixMs>::max();
  static constexpr std::uint32_t not_queued = std::numeric_limits<std::uint32_t>::max();

  Value value;
  /// The last millisecond in which the key exists.
  UnixMs expire_at = never;
  /// Where the key stands in the expiry heap.
  std::uint32_t heap_at = not_queued;
  std::uint8_t db = 0;
};

/// One database.
using Keys = Table<Slot>;
/// One key with its value.
using Entry = Keys::Node;

/// All databases. Times are arguments; nothing here reads a clock.
class Keyspace {
 public:
  static constexpr std::size_t databases = 16;

  explicit Keyspace(std::uint64_t seed);

  /// The key's entry, or null when it is missing or past its time (which removes it).
  [[nodiscard]] Entry* find(std::size_t db, std::string_view key, UnixMs now) {
    Entry* const entry = dbs_[db].find(key);
    if (entry == nullptr || entry->value.expire_at >= now) [[likely]]
      return entry;
    expire(*entry);
    return nullptr;
  }

  /// The key's entry, made with an empty string when it is missing; whether it was made.
  std::pair<Entry*, bool> insert(std::size_t db, std::string_view key, UnixMs now);

  /// Removes an entry.
  void erase(Entry& entry) noexcept;

  /// Sets when an entry expires; `Slot::never` for not at all.
  void expire_at(Entry& entry, UnixMs when);

  /// How many keys a database holds, those that are past their time and not removed yet included.
  [[nodiscard]] std::size_t size(std::size_t db) const noexcept { return dbs_[db].size(); }
  /// How many keys of a database expire.
  [[nodiscard]] std::size_t expiring(std::size_t db) const noexcept { return expiring_[db]; }

  /// Empties one database.
  void clear(std::size_t db) noexcept;
  /// Empties all.
  void clear() noexcept;
  /// Exchanges two databases.
  void swap(std::size_t a, std::size_t b) noexcept;

  /// A database, for walks over its keys. Entries are added and removed through this class only.
  [[nodiscard]] Keys& keys(std::size_t db) noexcept { return dbs_[db]; }

  /// The earliest expiry time of any key: it may be removed when that millisecond is over.
  [[nodiscard]] std::optional<UnixMs> next_expiry() const noexcept {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front().when);
  }
  /// Removes up to `limit` keys that are past their time, earliest first; returns how many.
  std::size_t expire_due(UnixMs now, std::size_t limit) noexcept;
  /// How many keys were removed because their time was over.
  [[nodiscard]] std::uint64_t expired() const noexcept { return expired_; }
  void reset_expired() noexcept { expired_ = 0; }

 private:
  struct Due {
    UnixMs when;
    Entry* entry;
  };

  void expire(Entry& entry) noexcept;
  void unqueue(Entry& entry) noexcept;
  void place(std::size_t at, const Due& due) noexcept;
  void sift_up(std::size_t at) noexcept;
  void sift_down(std::size_t at) noexcept;
  void requeue_all() noexcept;

  std::array<Keys, databases> dbs_;
  std::array<std::size_t, databases> expiring_{};
  std::vector<Due> heap_;
  std::uint64_t expired_ = 0;
};

}  // namespace respd
