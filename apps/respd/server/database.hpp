// apps/respd/server/database.hpp: the actor that runs the commands of all clients.
//
// Every command runs here, one after the other, so no command ever sees another's half-done work.
// What clients do to one another has tables of its own: who is connected, who is subscribed to
// what, and who waits for a list. Keys that nobody looks up expire by a timer of this actor.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "redis/engine.hpp"
#include "server/clients.hpp"
#include "server/exchange.hpp"
#include "server/options.hpp"
#include "server/topics.hpp"
#include "server/wait_table.hpp"

namespace respd {

class Database {
 public:
  /// Bytes of answers to one client behind which the others have their turn.
  static constexpr std::size_t answers_a_turn = 512 * 1024;

  Database(troupe::Cx<Database>& cx, const ServerOptions& options);

  /// A client is there, with this number.
  /// @param deliver takes its messages, and its answers once it is a subscriber
  void connected(troupe::Cx<Database>& cx, std::uint64_t id, std::string address,
                 std::string local_address, troupe::Fwd<Output> deliver);
  /// A client has gone, or nothing more is to be done for it. Twice is once.
  void disconnected(std::uint64_t client);
  /// Runs the whole requests of the exchange, until one of them waits or so many answers do that it
  /// is the others' turn, and gives it back: behind the messages that they have published. Drops it
  /// when its client is not connected.
  void serve(troupe::Cx<Database>& cx, OwnedExchange exchange, troupe::Ret<OwnedExchange> ret);

 private:
  class Neighbours;  // the other clients, for the commands of one

  void give_back(OwnedExchange exchange, troupe::Ret<OwnedExchange> ret);
  Next run(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange);
  Next act(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange, Args args,
           const Outcome& outcome);
  void begin_wait(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange, Args args,
                  const Outcome& outcome);
  void wait_over(troupe::Cx<Database>& cx, std::uint64_t ticket);
  void end_wait(troupe::Cx<Database>& cx, Peer& peer, std::string answer);
  void serve_ready(troupe::Cx<Database>& cx);
  void refresh_clock(troupe::Cx<Database>& cx);
  void arm_expiry(troupe::Cx<Database>& cx);
  void expire(troupe::Cx<Database>& cx);
  void count_clients() noexcept;
  void reclaim_later(troupe::Cx<Database>& cx);
  void reclaim(troupe::Cx<Database>& cx);

  Engine engine_;
  Clients clients_;
  Topics topics_;
  WaitTable waiting_;
  std::size_t most_answers_;  // bytes of them that one `serve` gives; one answer may come on top
  troupe::MinTimer expiry_;
  bool reclaims_ = false;  // an idle call to `reclaim` is on its way
  troupe::Instant refreshed_;
};

}  // namespace respd
