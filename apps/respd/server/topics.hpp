// apps/respd/server/topics.hpp: publish and subscribe: who gets which messages.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <vector>

#include "redis/others.hpp"
#include "server/clients.hpp"

namespace respd {

/// Channels and patterns with their subscribers. A peer that goes leaves first.
class Topics {
 public:
  /// Subscribes a peer; twice is once.
  void subscribe(Peer& peer, Topic kind, std::string_view name);
  /// Ends a subscription, if there is one.
  void unsubscribe(Peer& peer, Topic kind, std::string_view name);
  /// Ends all subscriptions of a peer.
  void leave(Peer& peer);

  /// Sends a message to all subscribers of the channel, and to those of each pattern that matches
  /// it; returns to how many. The bytes exist once for all who speak the same protocol.
  std::size_t publish(troupe::Core& core, std::string_view channel, std::string_view payload) const;

  /// The channels that have subscribers. The views end with the next change.
  [[nodiscard]] std::vector<std::string_view> channels() const;
  /// The patterns that have subscribers.
  [[nodiscard]] std::vector<std::string> patterns() const;
  /// How many are subscribed to a channel by its name.
  [[nodiscard]] std::size_t subscribers(std::string_view channel) const;
  /// How many topics of one kind have subscribers.
  [[nodiscard]] std::size_t count(Topic kind) const noexcept { return table(kind).size(); }

 private:
  using Subscribers = std::map<std::uint64_t, const Peer*>;  // by the client's number
  using Table = std::map<std::string, Subscribers, std::less<>>;

  [[nodiscard]] Table& table(Topic kind) noexcept {
    return kind == Topic::channel ? channels_ : patterns_;
  }
  [[nodiscard]] const Table& table(Topic kind) const noexcept {
    return kind == Topic::channel ? channels_ : patterns_;
  }

  Table channels_, patterns_;
};

}  // namespace respd
