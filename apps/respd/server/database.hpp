// apps/respd/server/database.hpp: the actor that runs the commands of all clients.
//
// Every command runs here, one after the other, so no command ever sees another's half-done work.
// What clients do to one another has tables of its own: who is connected, who is subscribed to
// what, and who waits for a list. Keys that nobody looks up expire by a timer of this actor.
//
// With several runtimes each has such an actor, which serves the clients of its runtime and holds
// the keys that belong to it: one store of several. What it does for the others is in spread.cpp.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/remote_set.hpp>
#include <unordered_map>
#include <vector>

#include "redis/engine.hpp"
#include "server/batch.hpp"
#include "server/clients.hpp"
#include "server/exchange.hpp"
#include "server/neighbours.hpp"
#include "server/options.hpp"
#include "server/topics.hpp"
#include "server/wait_table.hpp"

namespace respd {

/// A request of another runtime's client that may wait for a list.
struct GuestWait {
  std::uint64_t client = 0;
  Asked asked;
  std::vector<std::string> words;
};

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
  void disconnected(troupe::Cx<Database>& cx, std::uint64_t client);
  /// Runs the whole requests of the exchange, until one of them waits or so many answers do that it
  /// is the others' turn, and gives it back: behind the messages that they have published. Drops it
  /// when its client is not connected.
  void serve(troupe::Cx<Database>& cx, OwnedExchange exchange, troupe::Ret<OwnedExchange> ret);

  // ---- one store of several
  /// This is number `own` of these stores from now on. Before the first client comes.
  void spread_over(troupe::RemoteSet<Database> stores, std::size_t own);
  /// Runs requests of another runtime's client, until their answers fill the bound or all are run,
  /// and gives the batch back: behind the messages that they have published.
  void run_batch(troupe::Cx<Database>& cx, OwnedBatch batch, troupe::Ret<OwnedBatch> ret);
  /// Runs a request that may wait. Answers it in the end, unless its client leaves before.
  void wait_here(troupe::Cx<Database>& cx, const GuestWait& wait, troupe::Ret<std::string> ret);
  /// That client of another runtime has gone: if it waits here, it waits no more.
  void guest_left(std::uint64_t client);

 private:
  // The other clients, for the commands of one.
  [[nodiscard]] Neighbours neighbours(troupe::Core& core, Peer& peer, std::string& out) noexcept {
    return Neighbours(core, topics_, clients_, engine_.store().figures, peer, out);
  }
  void give_back(OwnedExchange exchange, troupe::Ret<OwnedExchange> ret);
  Next run(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange);
  Next act(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange, Args args,
           const Outcome& outcome);
  void begin_wait(troupe::Cx<Database>& cx, Peer& peer, troupe::Ret<std::string> ret, Args args,
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

  // ---- spread.cpp
  [[nodiscard]] bool is_spread() const noexcept { return !stores_.empty(); }
  void serve_spread(troupe::Cx<Database>& cx, Peer& peer, OwnedExchange exchange,
                    troupe::Ret<OwnedExchange> ret);
  troupe::Task<> finish(troupe::Cx<Database>& cx, OwnedExchange exchange,
                        troupe::Ret<OwnedExchange> ret, Next next);
  void give(troupe::Cx<Database>& cx, Peer& peer, OwnedExchange exchange,
            troupe::Ret<OwnedExchange> ret, Next next);
  void return_batch(troupe::Cx<Database>& cx, OwnedBatch batch, troupe::Ret<OwnedBatch> ret,
                    int hops);
  Next gather(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange);
  void collect(troupe::Cx<Database>& cx, const Peer& peer, Exchange& exchange);
  Next run_alone(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange, Args args);
  Next run_waiting(troupe::Cx<Database>& cx, Peer& peer, Exchange& exchange, const Command& command,
                   Args args);
  void place(troupe::Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
             Args args);
  void place_parts(troupe::Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
                   Args args, const std::vector<std::uint8_t>& owners);
  void place_scan(troupe::Cx<Database>& cx, Peer& peer, Window& window, Args args,
                  std::uint64_t cursor);
  void place_at_all(troupe::Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
                    Args args);
  void run_own(troupe::Cx<Database>& cx, Peer& peer, Answers& answers, Args args);
  void run_part(troupe::Cx<Database>& cx, Peer& peer, Window& window, std::size_t store, Ask what,
                Args args);
  void run_as_guest(troupe::Cx<Database>& cx, const Asked& asked, Args args, std::string& out);
  [[nodiscard]] std::size_t store_of(std::string_view key) const;
  [[nodiscard]] std::vector<std::uint8_t> stores_of(const Command& command, Args args) const;
  void note_command(troupe::Cx<Database>& cx, Peer& peer, const Command& command);
  void wait_is_over(troupe::Cx<Database>& cx, std::uint64_t client, troupe::Ret<std::string> ret,
                    troupe::Reply<std::string> answer);
  void tell_left(troupe::Cx<Database>& cx, Peer& peer);

  Engine engine_;
  Clients clients_;
  Topics topics_;
  WaitTable waiting_;
  std::size_t most_answers_;  // bytes of them that one `serve` gives; one answer may come on top
  troupe::MinTimer expiry_;
  bool reclaims_ = false;  // an idle call to `reclaim` is on its way
  troupe::Instant refreshed_;
  // Where there are several stores:
  troupe::RemoteSet<Database> stores_;
  std::size_t own_store_ = 0;
  Peer guest_;                                      // a client of another runtime, for one request
  std::unordered_map<std::uint64_t, Peer> guests_;  // clients of other runtimes that wait here
};

}  // namespace respd
