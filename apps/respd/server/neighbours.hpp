// apps/respd/server/neighbours.hpp: the other clients, for the commands of one: the database's
// tables behind the interface that commands know.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

#include "redis/figures.hpp"
#include "redis/others.hpp"
#include "server/clients.hpp"
#include "server/topics.hpp"

namespace respd {

/// A subscriber's answers stand between its messages, where they belong.
/// @returns how many bytes have left `out`
inline std::size_t deliver_answers(troupe::Core& core, const Peer& peer, std::string& out) {
  if (!peer.is_subscriber || out.empty()) [[likely]]
    return 0;
  const std::size_t size = out.size();
  peer.deliver(Output(Output::answers, troupe::Bytes(core, std::exchange(out, {}))));
  return size;
}

/// Tells the log of an answer that was too large.
inline void tell_refused(troupe::Core& core, const Peer& peer) {
  troupe::warn(core, "answer refused: too large", troupe::kv("client", peer.client.id),
               troupe::kv("command", peer.client.command));
}

/// Lives as long as one turn.
class Neighbours final : public Others {
 public:
  /// @param peer whose commands they are
  /// @param out where its answers go
  Neighbours(troupe::Core& core, Topics& topics, const Clients& clients, Figures& figures,
             Peer& peer, std::string& out) noexcept
      : core_(core),
        topics_(topics),
        clients_(clients),
        figures_(figures),
        peer_(peer),
        out_(out) {}
  Neighbours(const Neighbours&) = delete;

  /// Bytes of answers that have left `out` by now.
  [[nodiscard]] std::size_t delivered() const noexcept { return delivered_; }

  void subscribe(Topic kind, std::string_view name) override {
    peer_.is_subscriber = true;
    topics_.subscribe(peer_, kind, name);
    count();
  }
  void unsubscribe(Topic kind, std::string_view name) override {
    topics_.unsubscribe(peer_, kind, name);
    count();
  }
  std::vector<std::string> subscriptions(Topic kind) const override {
    const auto& names = peer_.topics(kind);
    return {names.begin(), names.end()};
  }
  std::size_t publish(std::string_view channel, std::string_view payload) override {
    // One that publishes to itself has its earlier answers first.
    delivered_ += deliver_answers(core_, peer_, out_);
    const std::size_t receivers = topics_.publish(core_, channel, payload);
    if (receivers != 0) peer_.has_published = true;
    return receivers;
  }
  std::vector<std::string_view> channels() const override { return topics_.channels(); }
  std::size_t subscribers(std::string_view channel) const override {
    return topics_.subscribers(channel);
  }
  std::size_t patterns() const override { return topics_.count(Topic::pattern); }
  std::string list() const override { return clients_.list(core_.now()); }

 private:
  void count() noexcept {
    peer_.client.channels = peer_.channels.size();
    peer_.client.patterns = peer_.patterns.size();
    figures_.channels = topics_.count(Topic::channel);
    figures_.patterns = topics_.count(Topic::pattern);
  }

  troupe::Core& core_;
  Topics& topics_;
  const Clients& clients_;
  Figures& figures_;
  Peer& peer_;
  std::string& out_;
  std::size_t delivered_ = 0;
};

}  // namespace respd
