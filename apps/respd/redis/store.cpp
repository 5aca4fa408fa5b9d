// apps/respd/redis/store.cpp: makes a store, and knows when its keys expire.
#include "redis/store.hpp"

namespace respd {

Store::Store(StoreOptions with)
    : options(std::move(with)),
      keyspace(options.seed),
      watches(options.seed),
      random(options.seed) {
  config.set("proto-max-bulk-len", std::to_string(options.max_value));
  config.set("requirepass", options.password);
}

std::optional<troupe::Instant> Store::next_expiry() const noexcept {
  const std::optional<UnixMs> when = keyspace.next_expiry();
  if (!when) return std::nullopt;
  return clock.end_of(*when);  // the key exists to the end of its last millisecond
}

std::size_t Store::expire_due(troupe::Instant now, std::size_t limit) noexcept {
  return keyspace.expire_due(clock.unix_ms(now), limit);
}

}  // namespace respd
