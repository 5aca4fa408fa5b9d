// apps/respd/redis/store.hpp: all that commands work on.
#pragma once
#include <troupe/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "redis/client.hpp"
#include "redis/config.hpp"
#include "redis/figures.hpp"
#include "redis/key_watches.hpp"
#include "redis/keyspace.hpp"
#include "redis/random.hpp"
#include "redis/wall_clock.hpp"

namespace respd {

/// How a store is set up.
struct StoreOptions {
  /// Goes into the hash of every key and into random choices. Take it from a random source where
  /// clients are not trusted.
  std::uint64_t seed = 0;
  /// When not empty, clients must log in with it first.
  std::string password = {};
  /// The Redis version that clients are told; they decide by it what they may use.
  std::string version = "7.0.15";
  /// Bytes of the longest string value.
  std::size_t max_value = std::size_t{512} * 1024 * 1024;
  /// Bytes of one answer; a request whose answer would be larger is answered with an error.
  std::size_t max_answer = std::size_t{512} * 1024 * 1024;
};

/// The data, and what stands beside it: each part looks after itself. One owner, one thread; time
/// is an argument.
struct Store {
  explicit Store(StoreOptions with = {});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  StoreOptions options;
  Keyspace keyspace;
  WallClock clock;
  KeyWatches watches;
  Random random;
  Config config;
  Figures figures;

  /// Whether the client has to log in before it may do anything else. As long as this holds, the
  /// server keeps its parser to `Parser::hold_to_login`.
  [[nodiscard]] bool wants_login(const Client& client) const noexcept {
    return !client.authenticated && !options.password.empty();
  }
  /// When the next key expires, if any does: call `expire_due` then. O(1).
  [[nodiscard]] std::optional<troupe::Instant> next_expiry() const noexcept;
  /// Removes up to `limit` keys whose time is over at `now`; returns how many. Less than `limit`:
  /// there are no more.
  std::size_t expire_due(troupe::Instant now, std::size_t limit) noexcept;
};

}  // namespace respd
