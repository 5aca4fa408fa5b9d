// apps/respd/server/database.hpp: the actor that holds the data.
//
// Every command of every client runs here, one after the other, so no command ever sees another's
// half-done work. Expiry is a timer of this actor; publish and subscribe fan out through one FwdSet
// a channel; the wait for a list is a coroutine handler with a deadline.
#pragma once
#include <map>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <unordered_map>
#include <vector>

#include "server/exchange.hpp"
#include "server/options.hpp"

namespace respd {

class Database {
 public:
  using Deliver = troupe::Fwd<Output>;

  /// Bytes of answers to one client behind which the others have their turn.
  static constexpr std::size_t answers_a_turn = 512 * 1024;

  Database(troupe::Cx<Database>& cx, const ServerOptions& options);

  /// A client is there: where its messages go, and its answers once it is a subscriber.
  void connected(troupe::Cx<Database>& cx, troupe::Share<Exchange> exchange, Deliver deliver);
  /// A client has gone, or nothing more is to be done for it. Twice is once.
  void disconnected(troupe::Cx<Database>& cx, std::uint64_t client);
  /// Runs the whole requests of the exchange, until one of them waits or so many answers do that it
  /// is the others' turn.
  void serve(troupe::Cx<Database>& cx, troupe::Share<Exchange> exchange, troupe::Ret<Served> ret);
  /// Returns when a client whose request waits has been answered: its key was there, or its time is
  /// over.
  troupe::Task<> wait(troupe::Cx<Database>& cx, std::uint64_t client);

 private:
  struct Waiter {
    troupe::ShareWeak<Exchange> exchange;
    std::string command;
    std::vector<std::string> keys;
    std::size_t db = 0;
    troupe::Instant until;
    troupe::Event over;  // never set: it dies with this, and `wait` goes on
  };
  using Waiters = std::map<std::uint64_t, Waiter>;  // by ticket, oldest first
  struct Peer {
    troupe::ShareWeak<Exchange> exchange;
    Deliver deliver;
    std::unordered_map<std::string, troupe::FwdSet<Output>::Key> channels, patterns;
    std::uint64_t ticket = 0;  // of its latest wait
  };
  using Topics = std::map<std::string, troupe::FwdSet<Output>, std::less<>>;

  enum class Next : std::uint8_t { request, ready, list_clients, all, some, closing, waiting };
  Served run_requests(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  Next run_borrowed(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  Next act(troupe::Core& core, Exchange& x, const troupe::Share<Exchange>& exchange, Args args,
           const Outcome& outcome);
  void act_on_topics(troupe::Core& core, Exchange& x, Action action, Args args);
  void deliver_answers(troupe::Core& core, Exchange& x);
  void count_topics();
  void subscribe(Exchange& x, Args names, bool pattern);
  void unsubscribe(Exchange& x, Args names, bool pattern);
  void unsubscribe_all(Exchange& x);
  std::size_t publish(troupe::Core& core, Exchange& x, std::string_view channel,
                      std::string_view payload);
  void list_topics(Exchange& x, Action action, Args args);
  void list_clients(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  void begin_wait(troupe::Core& core, Exchange& x, const troupe::Share<Exchange>& exchange,
                  Args args, const Outcome& outcome);
  void end_wait(Waiters::iterator at);
  void serve_ready(troupe::Core& core);
  void refresh(troupe::Core& core);
  void arm_expiry(troupe::Core& core);
  void expire(troupe::Cx<Database>& cx);

  Store store_;
  std::size_t most_answers_;  // bytes of them that one `serve` gives; one answer may come on top
  troupe::Actor<Database> self_;
  std::unordered_map<std::uint64_t, Peer> clients_;
  Topics channels_, patterns_;
  Waiters waiters_;
  std::uint64_t last_ticket_ = 0;
  troupe::MinTimerKey expiry_;
  troupe::Instant armed_ = troupe::Instant::max();
  troupe::Instant refreshed_;
};

}  // namespace respd
