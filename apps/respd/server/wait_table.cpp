// apps/respd/server/wait_table.cpp: places in the line, and the watches on their keys.
#include "server/wait_table.hpp"

#include <algorithm>
#include <utility>

namespace respd {

using namespace troupe;

bool Waiter::waits_for(std::size_t database, std::string_view key) const noexcept {
  return db == database && std::ranges::find(keys, key) != keys.end();
}

Waiter& WaitTable::add(Peer& peer, std::string_view command, Args keys) {
  peer.ticket = ++last_ticket_;
  peer.client.waiting = true;
  Waiter& waiter = waiters_[peer.ticket];
  waiter.peer = &peer;
  waiter.command = command;
  waiter.keys.assign(keys.begin(), keys.end());
  waiter.db = peer.client.db;
  for (const std::string& key : waiter.keys) watches_.watch(waiter.db, key);
  return waiter;
}

Ret<std::string> WaitTable::remove(Peer& peer) {
  const auto at = waiters_.find(std::exchange(peer.ticket, 0));
  if (at == waiters_.end()) return Ret<std::string>();
  peer.client.waiting = false;
  for (const std::string& key : at->second.keys) watches_.unwatch(at->second.db, key);
  Ret<std::string> answer = std::move(at->second.answer);
  waiters_.erase(at);
  return answer;
}

Waiter* WaitTable::find(std::uint64_t ticket) noexcept {
  const auto at = waiters_.find(ticket);
  return at == waiters_.end() ? nullptr : &at->second;
}

Waiter* WaitTable::next(std::uint64_t ticket, std::size_t db, std::string_view key) noexcept {
  for (auto at = waiters_.upper_bound(ticket); at != waiters_.end(); ++at)
    if (at->second.waits_for(db, key)) return &at->second;
  return nullptr;
}

}  // namespace respd
