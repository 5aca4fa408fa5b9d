// apps/respd/server/wait_table.hpp: the clients whose request waits for a list (BLPOP and the
// like).
//
// One that waits is what is needed to go on: its request, and the Ret that its session awaits. It
// takes its place where the command runs, so a push right behind it finds it there.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "redis/command.hpp"
#include "redis/key_watches.hpp"
#include "server/clients.hpp"

namespace respd {

/// One client that waits.
struct Waiter {
  Peer* peer = nullptr;
  std::string command;
  std::vector<std::string> keys;
  std::size_t db = 0;
  troupe::Ret<std::string> answer;
  troupe::FixedTimer limit;

  [[nodiscard]] bool waits_for(std::size_t database, std::string_view key) const noexcept;
};

/// All that wait, oldest first. Their keys are watched.
class WaitTable {
 public:
  explicit WaitTable(KeyWatches& watches) noexcept : watches_(watches) {}
  WaitTable(const WaitTable&) = delete;
  WaitTable& operator=(const WaitTable&) = delete;

  /// Puts a client at the end of the line; its `ticket` names its place. The caller gives it its
  /// Ret, and its limit in time.
  Waiter& add(Peer& peer, std::string_view command, Args keys);
  /// Takes a client out of the line.
  /// @returns its Ret, to be answered or dropped
  troupe::Ret<std::string> remove(Peer& peer);
  /// The one with this ticket, or null.
  [[nodiscard]] Waiter* find(std::uint64_t ticket) noexcept;
  /// The first that waits for the key and was put there behind `ticket`, or null. 0 begins.
  [[nodiscard]] Waiter* next(std::uint64_t ticket, std::size_t db, std::string_view key) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return waiters_.size(); }

 private:
  KeyWatches& watches_;
  std::map<std::uint64_t, Waiter> waiters_;  // by ticket
  std::uint64_t last_ticket_ = 0;
};

}  // namespace respd
