// apps/respd/redis/keyspace.hpp: the databases: keys, their values, and when they expire.
//
// A key that is past its time is gone for whoever looks it up, at that moment. Those nobody looks
// up wait in a heap of their database, whose top tells the host when to set its timer. What is
// removed and has many elements is freed later, in steps: `remains`.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/keys.hpp"
#include "redis/remains.hpp"
#include "redis/wall_clock.hpp"

namespace respd {

/// All databases. Times are arguments; nothing here reads a clock.
class Keyspace {
 public:
  static constexpr std::size_t databases = 16;
  /// Keys that may expire at once in one database.
  static constexpr std::size_t most_expiring = Slot::not_queued;

  explicit Keyspace(std::uint64_t seed);

  /// The key's entry, or null when it is missing or past its time (which removes it).
  [[nodiscard]] Entry* find(std::size_t db, std::string_view key, UnixMs now) {
    Entry* const entry = shelf(db).keys.find(key);
    if (entry == nullptr || entry->value.heap_at == Slot::not_queued) [[likely]]
      return entry;
    if (expiry(*entry) >= now) return entry;
    expire(*entry);
    return nullptr;
  }

  /// The key's entry, made with an empty string when it is missing; whether it was made.
  std::pair<Entry*, bool> insert(std::size_t db, std::string_view key, UnixMs now);

  /// Removes an entry.
  void erase(Entry& entry) noexcept;
  /// Gives an entry another value; what it held is freed, a large container later.
  void assign(Entry& entry, Value value) noexcept {
    remains.take(std::exchange(entry.value.value, std::move(value)));
  }

  /// The last millisecond in which the entry's key exists; `Slot::never` when it does not expire.
  [[nodiscard]] UnixMs expiry(const Entry& entry) const noexcept {
    const Slot& slot = entry.value;
    return slot.heap_at == Slot::not_queued ? Slot::never
                                            : shelves_[slot.shelf].heap[slot.heap_at].when;
  }
  /// Sets when an entry expires; `Slot::never` for not at all. Throws length_error beyond
  /// `most_expiring`.
  void expire_at(Entry& entry, UnixMs when);

  /// How many keys a database holds, those that are past their time and not removed yet included.
  [[nodiscard]] std::size_t size(std::size_t db) const noexcept { return shelf(db).keys.size(); }
  /// How many keys of a database expire.
  [[nodiscard]] std::size_t expiring(std::size_t db) const noexcept {
    return shelf(db).heap.size();
  }

  /// Empties one database. O(1): what it held is freed later.
  void clear(std::size_t db) noexcept;
  /// Empties all. O(1) likewise.
  void clear() noexcept;
  /// Exchanges two databases. O(1).
  void swap(std::size_t a, std::size_t b) noexcept { std::swap(places_[a], places_[b]); }

  /// A database, for walks over its keys. Entries are added and removed through this class only.
  [[nodiscard]] Keys& keys(std::size_t db) noexcept { return shelf(db).keys; }

  /// The earliest expiry time of any key: it may be removed when that millisecond is over. O(1).
  [[nodiscard]] std::optional<UnixMs> next_expiry() const noexcept;
  /// Removes up to `limit` keys that are past their time; returns how many.
  std::size_t expire_due(UnixMs now, std::size_t limit) noexcept;
  /// How many keys were removed because their time was over.
  [[nodiscard]] std::uint64_t expired() const noexcept { return expired_; }
  void reset_expired() noexcept { expired_ = 0; }

  /// What was removed and is not freed yet.
  Remains remains;

 private:
  struct Due {
    UnixMs when;
    Entry* entry;
  };
  struct Shelf {
    Keys keys;
    std::vector<Due> heap;
  };

  [[nodiscard]] Shelf& shelf(std::size_t db) noexcept { return shelves_[places_[db]]; }
  [[nodiscard]] const Shelf& shelf(std::size_t db) const noexcept { return shelves_[places_[db]]; }
  void expire(Entry& entry) noexcept;
  void unqueue(Entry& entry) noexcept;
  static void place(std::vector<Due>& heap, std::size_t at, const Due& due) noexcept;
  static void sift_up(std::vector<Due>& heap, std::size_t at) noexcept;
  static void sift_down(std::vector<Due>& heap, std::size_t at) noexcept;

  std::uint64_t seed_;
  std::array<Shelf, databases> shelves_;
  std::array<std::uint8_t, databases> places_{};  // of databases, on the shelves
  std::uint64_t expired_ = 0;
};

}  // namespace respd
