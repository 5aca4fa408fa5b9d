// apps/respd/server/clients.hpp: who is connected, and how each is reached.
#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <troupe/core.hpp>
#include <unordered_map>

#include "redis/client.hpp"
#include "redis/others.hpp"
#include "server/exchange.hpp"

namespace respd {

/// A client as the database knows it.
struct Peer {
  static constexpr std::size_t nowhere = ~std::size_t{0};

  Client client;
  troupe::Fwd<Output> deliver;
  std::set<std::string, std::less<>> channels, patterns;  // its subscriptions
  std::uint64_t ticket = 0;        // of its place among those who wait; 0: it does not wait
  std::size_t waits_at = nowhere;  // the store of another runtime at which it waits
  bool is_subscriber = false;      // ever since its first SUBSCRIBE
  bool has_published = false;      // in this turn, to somebody

  [[nodiscard]] auto& topics(Topic kind) noexcept {
    return kind == Topic::channel ? channels : patterns;
  }
  [[nodiscard]] const auto& topics(Topic kind) const noexcept {
    return kind == Topic::channel ? channels : patterns;
  }
};

/// All clients. A peer stays at its address until it is erased.
class Clients {
 public:
  Peer& add(Client client, troupe::Fwd<Output> deliver);
  /// The client of this number, or null.
  [[nodiscard]] Peer* find(std::uint64_t id) noexcept;
  void erase(std::uint64_t id) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return peers_.size(); }
  /// The text of CLIENT LIST: a line for each, oldest first.
  [[nodiscard]] std::string list(troupe::Instant now) const;

 private:
  std::unordered_map<std::uint64_t, Peer> peers_;
};

}  // namespace respd
