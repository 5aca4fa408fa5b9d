// apps/respd/server/database.cpp: running requests, and what a command leaves to the server.
#include "server/database.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "redis/memory.hpp"
#include "redis/reply.hpp"

namespace respd {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t expiries_a_turn = 1000;  // keys removed before other calls get their turn
constexpr std::size_t freed_a_turn = 2000;     // elements freed in an idle turn: some 100 us
constexpr std::size_t freed_an_exchange = 64;
constexpr Duration clock_refresh = 1s;  // how soon a wall clock that was set is noticed

}  // namespace

Database::Database(Cx<Database>& cx, const ServerOptions& options)
    : engine_(options.store),
      waiting_(engine_.store().watches),
      most_answers_(std::min(options.client.max_output, answers_a_turn)),
      refreshed_(cx.now()) {
  Store& store = engine_.store();
  store.clock.set(cx.now(), cx.core().systime());
  store.figures.started = cx.now();
  store.figures.port = options.port;
  store.figures.max_clients = options.max_clients;
  const auto idle = std::chrono::duration_cast<std::chrono::seconds>(options.client.idle);
  store.config.set("bind", options.bind);
  store.config.set("maxclients", std::to_string(options.max_clients));
  store.config.set("port", std::to_string(options.port));
  store.config.set("timeout", std::to_string(idle.count()));
}

// ---- clients
void Database::connected(Cx<Database>& cx, std::uint64_t id, std::string address,
                         std::string local_address, Fwd<Output> deliver) {
  Client client;
  client.id = id;
  client.address = std::move(address);
  client.local_address = std::move(local_address);
  client.connected = client.last_command = cx.now();
  clients_.add(std::move(client), std::move(deliver));
  ++engine_.store().figures.connections;
  count_clients();
}

void Database::disconnected(Cx<Database>& cx, std::uint64_t client) {
  Peer* const peer = clients_.find(client);
  if (peer == nullptr) return;
  if (peer->waits_at != Peer::nowhere) tell_left(cx, *peer);
  topics_.leave(*peer);
  (void)waiting_.remove(*peer);  // the session that would hear its Ret has gone
  clients_.erase(client);
  count_clients();
}

void Database::count_clients() noexcept {
  Figures& figures = engine_.store().figures;
  figures.clients = clients_.size();
  figures.blocked_clients = waiting_.size();
  figures.channels = topics_.count(Topic::channel);
  figures.patterns = topics_.count(Topic::pattern);
}

// ---- requests
void Database::serve(Cx<Database>& cx, OwnedExchange exchange, Ret<OwnedExchange> ret) {
  Peer* const peer = clients_.find(exchange->client);
  if (peer == nullptr) return;
  refresh_clock(cx);
  if (is_spread()) [[unlikely]]
    return serve_spread(cx, *peer, std::move(exchange), std::move(ret));
  exchange->next = run(cx, *peer, *exchange);
  exchange->is_subscribed = peer->client.subscriptions() != 0;
  deliver_answers(cx, *peer, exchange->out);
  arm_expiry(cx);
  reclaim_later(cx);
  if (std::exchange(peer->has_published, false)) [[unlikely]]
    return call<&Database::give_back>(cx, std::move(exchange), std::move(ret));
  ret(std::move(exchange));
}

// The calls that bring its messages to the subscribers are ahead of this one, and the wake-ups of
// those who write them will be ahead of the one that the Ret makes.
void Database::give_back(OwnedExchange exchange, Ret<OwnedExchange> ret) {
  ret(std::move(exchange));
}

Next Database::run(Cx<Database>& cx, Peer& peer, Exchange& x) {
  Neighbours others = neighbours(cx, peer, x.out);
  for (;;) {
    x.parser.hold_to_login(engine_.store().wants_login(peer.client));
    if (x.out.size() + others.delivered() >= most_answers_) [[unlikely]]
      return Next::again;
    const Parsed parsed = x.parser.parse(x.in.unread());
    if (parsed.state == ParseState::need_more) {
      x.in.consume(parsed.consumed);
      return Next::read;
    }
    if (parsed.state == ParseState::error) {
      Reply(x.out, peer.client.protocol).error("ERR " + std::string(parsed.error));
      return Next::close;
    }
    const Outcome outcome = engine_.execute(peer.client, others, parsed.args, cx.now(), x.out);
    Next next = Next::read;
    if (outcome.after != After::go_on) [[unlikely]]
      next = act(cx, peer, x, parsed.args, outcome);
    x.in.consume(parsed.consumed);
    if (next != Next::read) return next;
    if (engine_.store().watches.has_ready()) [[unlikely]]
      serve_ready(cx);  // those who wait come before the next request
  }
}

Next Database::act(Cx<Database>& cx, Peer& peer, Exchange& x, Args args, const Outcome& outcome) {
  switch (outcome.after) {
    case After::wait: {
      auto [answer, ret] = push_pipe<std::string>(cx);
      x.late_answer = std::move(answer);
      begin_wait(cx, peer, std::move(ret), args, outcome);
      return Next::wait;
    }
    case After::abandon:
      warn(cx, "client speaks HTTP: closed", kv("client", peer.client.id));
      x.out.clear();
      return Next::close;
    case After::close:
      return Next::close;
    case After::refuse:
      tell_refused(cx, peer);
      break;
    case After::go_on:
      break;
  }
  return Next::read;
}

// ---- waiting for lists
void Database::begin_wait(Cx<Database>& cx, Peer& peer, Ret<std::string> ret, Args args,
                          const Outcome& outcome) {
  Waiter& waiter = waiting_.add(peer, args.front(), outcome.keys);
  waiter.answer = std::move(ret);
  if (outcome.limit > Duration::zero())
    waiter.limit.after<&Database::wait_over>(cx, outcome.limit, peer.ticket);
  count_clients();
}

void Database::wait_over(Cx<Database>& cx, std::uint64_t ticket) {
  Waiter* const waiter = waiting_.find(ticket);
  if (waiter == nullptr) return;  // served in the turn in which its time was over
  std::string answer;
  Reply(answer, waiter->peer->client.protocol).null_array();
  end_wait(cx, *waiter->peer, std::move(answer));
}

void Database::end_wait(Cx<Database>& cx, Peer& peer, std::string answer) {
  Ret<std::string> ret = waiting_.remove(peer);
  count_clients();
  deliver_answers(cx, peer, answer);
  if (!guests_.empty()) guests_.erase(peer.client.id);
  ret(std::move(answer));
}

// Oldest first, and at once: no command comes between the push and those who wait for it. Each
// command runs again with the one key that is there.
void Database::serve_ready(Cx<Database>& cx) {
  while (const auto ready = engine_.store().watches.next_ready()) {
    const auto& [db, key] = *ready;
    std::uint64_t ticket = 0;
    while (Waiter* const waiter = waiting_.next(ticket, db, key)) {
      Peer& peer = *waiter->peer;
      ticket = peer.ticket;
      if (!waiter->answer.is_wanted()) continue;  // its client has left: word of it is on its way
      std::string answer;
      Neighbours others = neighbours(cx, peer, answer);
      const std::string_view args[] = {waiter->command, key, "0"};
      const Outcome outcome = engine_.execute(peer.client, others, args, cx.now(), answer);
      if (outcome.after == After::wait) break;
      if (outcome.after == After::refuse) tell_refused(cx, peer);
      end_wait(cx, peer, std::move(answer));
    }
  }
}

// ---- time
void Database::refresh_clock(Cx<Database>& cx) {
  if (cx.now() - refreshed_ < clock_refresh) [[likely]]
    return;
  refreshed_ = cx.now();
  engine_.store().clock.set(cx.now(), cx.core().systime());
}

void Database::arm_expiry(Cx<Database>& cx) {
  if (const auto next = engine_.store().next_expiry()) expiry_.at<&Database::expire>(cx, *next);
}

void Database::expire(Cx<Database>& cx) {
  refresh_clock(cx);
  if (engine_.store().expire_due(cx.now(), expiries_a_turn) == expiries_a_turn)
    return call<&Database::expire>(cx);
  arm_expiry(cx);
  reclaim_later(cx);
}

// ---- memory
// Large values that were removed are freed when there is nothing else to do; where there always is,
// a part of them with each exchange, so that they do not pile up.
void Database::reclaim_later(Cx<Database>& cx) {
  Remains& remains = engine_.store().keyspace.remains;
  if (!remains.empty()) [[unlikely]]
    remains.release(freed_an_exchange + remains.elements() / 1024);
  if (reclaims_ || (remains.empty() && !trim_is_due())) [[likely]]
    return;
  reclaims_ = true;
  idle<&Database::reclaim>(cx);
}

void Database::reclaim(Cx<Database>& cx) {
  reclaims_ = false;
  engine_.store().keyspace.remains.release(freed_a_turn);
  if (trim_is_due()) trim_memory();
  reclaim_later(cx);
}

}  // namespace respd
