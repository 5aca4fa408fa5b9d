// apps/respd/database.hpp: the actor that holds the data.
//
// Every command of every client runs here, one after the other, so no command ever sees another's half-done work.
// Expiry is a timer of this actor; publish and subscribe fan out through one FwdSet a channel; a client that waits for
// a list is a coroutine handler.
#pragma once
#include <map>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <unordered_map>
#include <vector>

#include "exchange.hpp"
#include "store.hpp"

namespace respd {

class Database {
 public:
  using Deliver = troupe::Fwd<SharedMessage>;

  Database(troupe::Cx<Database>& cx, StoreOptions options, std::uint16_t port, std::size_t max_clients);

  /// A client is there: where its messages go.
  void connected(troupe::Cx<Database>& cx, troupe::Share<Exchange> exchange, Deliver deliver);
  /// A client has gone.
  void disconnected(troupe::Cx<Database>& cx, std::uint64_t client);
  /// Runs all whole requests of the exchange, until one of them waits.
  void serve(troupe::Cx<Database>& cx, troupe::Share<Exchange> exchange, troupe::Ret<Served> ret);
  /// Goes on after `Served::waiting`: answers when the key is there or the time is over, then runs what came behind.
  troupe::Task<> wait(troupe::Cx<Database>& cx, troupe::Share<Exchange> exchange, troupe::Ret<Served> ret);
  /// How many commands were run.
  std::uint64_t commands_run() const { return store_.commands_run(); }

 private:
  struct Waiter {
    troupe::Share<Exchange> exchange;
    std::vector<std::string> args;
    std::vector<std::string> keys;
    std::uint64_t client = 0;
    std::size_t db = 0;
    bool gone = false;  // its client has left
    troupe::Duration limit{};
    troupe::Ret<> ready = nullptr;                // while its coroutine waits; used up when it is told
    const troupe::Ret<Served>* wanted = nullptr;  // in that coroutine: whether its session still waits
  };
  struct Subscriber {
    troupe::ShareWeak<Exchange> exchange;
    Deliver deliver;
    std::unordered_map<std::string, troupe::FwdSet<SharedMessage>::Key> channels, patterns;
  };
  using Topics = std::map<std::string, troupe::FwdSet<SharedMessage>, std::less<>>;

  enum class Next : std::uint8_t { request, list_clients, all, closing, waiting };
  Served run_requests(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  Next run_borrowed(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  Next act(Exchange& x, const troupe::Share<Exchange>& exchange, Args args, const Outcome& outcome);
  void subscribe(Exchange& x, Args names, bool pattern);
  void unsubscribe(Exchange& x, Args names, bool pattern);
  void unsubscribe_all(Exchange& x);
  std::size_t publish(std::string_view channel, std::string_view payload);
  void list_topics(Exchange& x, Action action, Args args);
  void list_clients(troupe::Core& core, const troupe::Share<Exchange>& exchange);
  bool execute_waiter(troupe::Core& core, Waiter& waiter);
  void serve_ready(troupe::Core& core);
  void refresh(troupe::Core& core);
  void arm_expiry(troupe::Core& core);
  void expire(troupe::Cx<Database>& cx);

  Store store_;
  troupe::Actor<Database> self_;
  std::unordered_map<std::uint64_t, Subscriber> clients_;
  Topics channels_, patterns_;
  std::map<std::uint64_t, Waiter> waiters_;                // by ticket, oldest first
  std::unordered_map<std::uint64_t, Waiter> new_waiters_;  // by client, until its session asks to wait
  std::uint64_t last_ticket_ = 0;
  troupe::MinTimerKey expiry_;
  troupe::Instant armed_ = troupe::Instant::max();
  troupe::Instant refreshed_;
};

}  // namespace respd
