// apps/respd/server/topics.cpp: subscribing, and the way of a message to many.
#include "server/topics.hpp"

#include "redis/glob.hpp"
#include "redis/reply.hpp"

namespace respd {

using namespace troupe;

namespace {

// Sends one message to each receiver, in the form that it understands. `write` writes it.
template <class Receivers, class Write>
std::size_t send(Core& core, const Receivers& receivers, Write write) {
  Bytes resp2, resp3;  // each made when the first one needs it
  std::size_t sent = 0;
  for (const auto& [id, peer] : receivers) {
    if (!peer->deliver.is_wanted()) continue;  // word of its end is on its way
    Bytes& bytes = peer->client.protocol == 3 ? resp3 : resp2;
    if (bytes.empty()) {
      std::string text;
      Reply reply(text, peer->client.protocol);
      write(reply);
      bytes = Bytes(core, text);
    }
    peer->deliver(Output(Output::message, bytes));
    ++sent;
  }
  return sent;
}

}  // namespace

void Topics::subscribe(Peer& peer, Topic kind, std::string_view name) {
  if (!peer.topics(kind).emplace(name).second) return;
  table(kind)[std::string(name)].emplace(peer.client.id, &peer);
}

void Topics::unsubscribe(Peer& peer, Topic kind, std::string_view name) {
  auto& own = peer.topics(kind);
  const auto held = own.find(name);
  if (held == own.end()) return;
  const auto at = table(kind).find(name);
  at->second.erase(peer.client.id);
  if (at->second.empty()) table(kind).erase(at);
  own.erase(held);
}

void Topics::leave(Peer& peer) {
  for (const Topic kind : {Topic::channel, Topic::pattern})
    while (!peer.topics(kind).empty())
      unsubscribe(peer, kind, std::string(*peer.topics(kind).begin()));
}

std::size_t Topics::publish(Core& core, std::string_view channel, std::string_view payload) const {
  std::size_t sent = 0;
  if (const auto at = channels_.find(channel); at != channels_.end())
    sent += send(core, at->second, [&](Reply& reply) { write_message(reply, channel, payload); });
  for (const auto& [pattern, receivers] : patterns_) {
    if (!glob_match(pattern, channel)) continue;
    sent += send(core, receivers, [&, &name = pattern](Reply& reply) {
      write_pattern_message(reply, name, channel, payload);
    });
  }
  return sent;
}

std::vector<std::string_view> Topics::channels() const {
  std::vector<std::string_view> names;
  names.reserve(channels_.size());
  for (const auto& [name, receivers] : channels_) names.push_back(name);
  return names;
}

std::vector<std::string> Topics::patterns() const {
  std::vector<std::string> names;
  for (const auto& [name, receivers] : patterns_) names.push_back(name);
  return names;
}

std::size_t Topics::subscribers(std::string_view channel) const {
  const auto at = channels_.find(channel);
  return at == channels_.end() ? 0 : at->second.size();
}

}  // namespace respd
