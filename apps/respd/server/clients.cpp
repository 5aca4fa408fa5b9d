// apps/respd/server/clients.cpp: a table by number.
#include "server/clients.hpp"

#include <algorithm>
#include <vector>

namespace respd {

Peer& Clients::add(Client client, troupe::Fwd<Output> deliver) {
  Peer& peer = peers_[client.id];
  peer.client = std::move(client);
  peer.deliver = std::move(deliver);
  return peer;
}

Peer* Clients::find(std::uint64_t id) noexcept {
  const auto at = peers_.find(id);
  return at == peers_.end() ? nullptr : &at->second;
}

void Clients::erase(std::uint64_t id) noexcept { peers_.erase(id); }

std::string Clients::list(troupe::Instant now) const {
  std::vector<const Client*> clients;
  clients.reserve(peers_.size());
  for (const auto& [id, peer] : peers_) clients.push_back(&peer.client);
  std::ranges::sort(clients, {}, &Client::id);
  std::string text;
  for (const Client* const client : clients) text.append(describe(*client, now)).append("\n");
  return text;
}

}  // namespace respd
