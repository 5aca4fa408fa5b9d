// apps/respd/redis/key_watches.hpp: the keys that clients wait for, and which of them became lists.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/keyspace.hpp"
#include "redis/table.hpp"

namespace respd {

/// Counts who waits for a key, and remembers the watched keys that have become lists until they are
/// taken.
class KeyWatches {
 public:
  explicit KeyWatches(std::uint64_t seed) noexcept : watches_(seed) {}

  /// Asks for `key` to be told by `next_ready` when it becomes a list. Each watch is ended by one
  /// `unwatch`.
  void watch(std::size_t db, std::string_view key);
  /// Ends one watch.
  void unwatch(std::size_t db, std::string_view key) noexcept;

  /// Commands say with this that `key` has become a list.
  void list_made(std::size_t db, std::string_view key) {
    if (!watches_.empty()) [[unlikely]]
      tell_watched(db, key);
  }
  /// Commands say with this that two databases have changed places.
  void databases_swapped(Keyspace& keyspace, std::size_t a, std::size_t b, UnixMs now);

  /// The next watched key that has become a list since it was told last: database and name. Whoever
  /// runs commands takes these behind each one until there are none, and runs the commands that
  /// wait for the key again, oldest first and with no other key, until one of them has to wait on.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::string>> next_ready();
  /// Whether there is one.
  [[nodiscard]] bool has_ready() const noexcept { return !ready_.empty(); }

 private:
  void tell_watched(std::size_t db, std::string_view key);

  Table<std::size_t> watches_;  // database and key, to how many wait for it
  std::vector<std::pair<std::size_t, std::string>> ready_;
  std::size_t ready_at_ = 0;
};

}  // namespace respd
