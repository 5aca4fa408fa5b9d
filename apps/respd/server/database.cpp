// apps/respd/server/database.cpp: running requests, and what a command leaves to the server.
#include "server/database.hpp"

#include <algorithm>

#include "redis/glob.hpp"
#include "redis/reply.hpp"

namespace respd {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t expiries_a_turn = 1000;  // keys removed before other calls get their turn
constexpr Duration systime_refresh = 1s;       // how soon a wall clock that was set is noticed
constexpr Duration longest_wait = std::chrono::hours(24 * 365 * 100);

}  // namespace

Database::Database(Cx<Database>& cx, const ServerOptions& options)
    : store_(options.store),
      most_answers_(std::min(options.client.max_output, answers_a_turn)),
      self_(cx.this_actor()),
      refreshed_(cx.now()) {
  store_.set_systime(cx.now(), cx.core().systime());
  ServerFigures& figures = store_.figures();
  figures.started = cx.now();
  figures.port = options.port;
  figures.max_clients = options.max_clients;
  const auto idle = std::chrono::duration_cast<std::chrono::seconds>(options.client.idle);
  store_.set_config("bind", options.bind);
  store_.set_config("maxclients", std::to_string(options.max_clients));
  store_.set_config("port", std::to_string(options.port));
  store_.set_config("timeout", std::to_string(idle.count()));
}

void Database::connected(Cx<Database>& cx, Share<Exchange> exchange, Deliver deliver) {
  auto x = exchange.rw(cx);
  x->client.connected = x->client.last_command = cx.now();
  x->parser.hold_to_login(store_.wants_login(x->client));
  clients_[x->client.id] = {ShareWeak<Exchange>(exchange), std::move(deliver), {}, {}, 0};
  ++store_.figures().connections;
  store_.figures().clients = clients_.size();
}

void Database::disconnected(Cx<Database>&, std::uint64_t client) {
  const auto at = clients_.find(client);
  if (at == clients_.end()) return;
  for (const auto& [name, key] : at->second.channels)
    if (const auto topic = channels_.find(name);
        topic != channels_.end() && topic->second.remove(key))
      if (topic->second.empty()) channels_.erase(topic);
  for (const auto& [name, key] : at->second.patterns)
    if (const auto topic = patterns_.find(name);
        topic != patterns_.end() && topic->second.remove(key))
      if (topic->second.empty()) patterns_.erase(topic);
  if (const auto waiter = waiters_.find(at->second.ticket); waiter != waiters_.end())
    end_wait(waiter);
  clients_.erase(at);
  store_.figures().clients = clients_.size();
  count_topics();
}

// ---- requests
void Database::serve(Cx<Database>& cx, Share<Exchange> exchange, Ret<Served> ret) {
  refresh(cx);
  const Served served = run_requests(cx, exchange);
  {
    auto x = exchange.rw(cx);
    deliver_answers(cx, *x);
    x->delivered = 0;
  }
  arm_expiry(cx);
  ret(served);
}

Served Database::run_requests(Core& core, const Share<Exchange>& exchange) {
  for (;;) {
    switch (run_borrowed(core, exchange)) {
      case Next::request:
        break;
      case Next::ready:
        serve_ready(core);
        break;
      case Next::list_clients:
        list_clients(core, exchange);
        break;
      case Next::all:
        return Served::all;
      case Next::some:
        return Served::some;
      case Next::closing:
        return Served::closing;
      case Next::waiting:
        return Served::waiting;
    }
  }
}

// As many requests as need nothing but this client's own exchange.
Database::Next Database::run_borrowed(Core& core, const Share<Exchange>& exchange) {
  auto x = exchange.rw(core);
  for (;;) {
    if (x->out.size() + x->delivered >= most_answers_) [[unlikely]]
      return Next::some;
    const Parsed parsed = x->parser.parse(x->in.unread());
    if (parsed.state == ParseState::need_more) {
      x->in.consume(parsed.consumed);
      return Next::all;
    }
    if (parsed.state == ParseState::error) {
      Reply(x->out, x->client.protocol).error("ERR " + std::string(parsed.error));
      return Next::closing;
    }
    const Outcome outcome = store_.execute(x->client, parsed.args, core.now(), x->out);
    Next next = Next::request;
    if (outcome.action != Action::replied) [[unlikely]]
      next = act(core, *x, exchange, parsed.args, outcome);
    if (store_.has_ready()) [[unlikely]]
      next = Next::ready;  // those who wait come before the next request
    x->in.consume(parsed.consumed);
    if (next != Next::request) return next;
    x->parser.hold_to_login(store_.wants_login(x->client));
  }
}

Database::Next Database::act(Core& core, Exchange& x, const Share<Exchange>& exchange, Args args,
                             const Outcome& outcome) {
  switch (outcome.action) {
    case Action::quit:
      return Next::closing;
    case Action::abandon:
      warn(core, "client speaks HTTP: closed", kv("client", x.client.id));
      x.out.clear();
      return Next::closing;
    case Action::reset:
      unsubscribe_all(x);
      break;
    case Action::client_list:
      return Next::list_clients;
    case Action::wait:
      begin_wait(core, x, exchange, args, outcome);
      return Next::waiting;
    default:
      act_on_topics(core, x, outcome.action, args);
  }
  return Next::request;
}

void Database::act_on_topics(Core& core, Exchange& x, Action action, Args args) {
  switch (action) {
    case Action::subscribe:
    case Action::psubscribe:
      return subscribe(x, args.subspan(1), action == Action::psubscribe);
    case Action::unsubscribe:
    case Action::punsubscribe:
      return unsubscribe(x, args.subspan(1), action == Action::punsubscribe);
    case Action::publish:
      return Reply(x.out, x.client.protocol)
          .integer(static_cast<std::int64_t>(publish(core, x, args[1], args[2])));
    case Action::channels:
    case Action::numsub:
    case Action::numpat:
      return list_topics(x, action, args);
    default:
      break;
  }
}

// ---- publish and subscribe
void Database::count_topics() {
  store_.figures().channels = channels_.size();
  store_.figures().patterns = patterns_.size();
}

void Database::subscribe(Exchange& x, Args names, bool pattern) {
  x.is_subscriber = true;
  Reply reply(x.out, x.client.protocol);
  Peer& subscriber = clients_[x.client.id];
  auto& own = pattern ? subscriber.patterns : subscriber.channels;
  auto& topics = pattern ? patterns_ : channels_;
  for (const std::string_view name : names) {
    const auto [at, fresh] = own.try_emplace(std::string(name), 0);
    if (fresh) at->second = topics[std::string(name)].add(subscriber.deliver);
    (pattern ? x.client.patterns : x.client.channels) = own.size();
    write_subscription(reply, pattern ? Subscription::psubscribe : Subscription::subscribe, name,
                       x.client.channels + x.client.patterns);
  }
  count_topics();
}

void Database::unsubscribe(Exchange& x, Args names, bool pattern) {
  Reply reply(x.out, x.client.protocol);
  const Subscription what = pattern ? Subscription::punsubscribe : Subscription::unsubscribe;
  Peer& subscriber = clients_[x.client.id];
  auto& own = pattern ? subscriber.patterns : subscriber.channels;
  auto& topics = pattern ? patterns_ : channels_;
  std::vector<std::string> all(names.begin(), names.end());
  if (names.empty())
    for (const auto& [name, key] : own) all.push_back(name);
  if (all.empty()) write_unsubscribed_from_none(reply, what, x.client.channels + x.client.patterns);
  for (const std::string& name : all) {
    if (const auto at = own.find(name); at != own.end()) {
      if (const auto topic = topics.find(name); topic != topics.end()) {
        topic->second.remove(at->second);
        if (topic->second.empty()) topics.erase(topic);
      }
      own.erase(at);
    }
    (pattern ? x.client.patterns : x.client.channels) = own.size();
    write_subscription(reply, what, name, x.client.channels + x.client.patterns);
  }
  count_topics();
}

void Database::unsubscribe_all(Exchange& x) {
  std::string nobody_hears;
  std::swap(nobody_hears, x.out);
  unsubscribe(x, {}, false);
  unsubscribe(x, {}, true);
  std::swap(nobody_hears, x.out);
}

std::size_t Database::publish(Core& core, Exchange& x, std::string_view channel,
                              std::string_view payload) {
  deliver_answers(core, x);  // one that publishes to itself has its earlier answers first
  std::size_t receivers = 0;
  if (const auto topic = channels_.find(channel); topic != channels_.end()) {
    std::string text;
    Reply reply(text, 2);
    write_message(reply, channel, payload);
    receivers += topic->second(Output(Bytes(core, text)));
  }
  for (auto& [pattern, set] : patterns_) {
    if (!glob_match(pattern, channel)) continue;
    std::string text;
    Reply reply(text, 2);
    write_pattern_message(reply, pattern, channel, payload);
    receivers += set(Output(Bytes(core, text)));
  }
  return receivers;
}

// A subscriber's answers stand between its messages, where they belong.
void Database::deliver_answers(Core& core, Exchange& x) {
  if (!x.is_subscriber || x.out.empty()) [[likely]]
    return;
  x.delivered += x.out.size();
  if (const auto peer = clients_.find(x.client.id); peer != clients_.end())
    peer->second.deliver(Output(Bytes(core, std::exchange(x.out, {})), x.client.protocol));
}

void Database::list_topics(Exchange& x, Action action, Args args) {
  Reply reply(x.out, x.client.protocol);
  if (action == Action::numpat) return reply.integer(static_cast<std::int64_t>(patterns_.size()));
  if (action == Action::numsub) {
    reply.array((args.size() - 2) * 2);
    for (const std::string_view name : args.subspan(2)) {
      const auto topic = channels_.find(name);
      reply.bulk(name);
      reply.integer(topic == channels_.end() ? 0 : static_cast<std::int64_t>(topic->second.size()));
    }
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& [name, set] : channels_)
    if (args.size() < 3 || glob_match(args[2], name)) names.push_back(name);
  reply.array(names.size());
  for (const std::string_view name : names) reply.bulk(name);
}

// One client after the other: two exchanges are never borrowed at once.
void Database::list_clients(Core& core, const Share<Exchange>& exchange) {
  std::map<std::uint64_t, std::string> lines;
  for (const auto& [id, subscriber] : clients_)
    if (const Share<Exchange> other = subscriber.exchange.upgrade()) {
      auto x = other.ro(core);
      lines[id] = describe(x->client, core.now());
    }
  std::string text;
  for (const auto& [id, line] : lines) text += line + "\n";
  auto x = exchange.rw(core);
  Reply(x->out, x->client.protocol).verbatim(text);
}

// ---- waiting for lists
// The line is joined where the command runs: a push right behind it finds it there.
void Database::begin_wait(Core& core, Exchange& x, const Share<Exchange>& exchange, Args args,
                          const Outcome& outcome) {
  const std::uint64_t ticket = clients_[x.client.id].ticket = ++last_ticket_;
  Waiter& waiter = waiters_[ticket];
  waiter.exchange = ShareWeak<Exchange>(exchange);
  waiter.command = args.front();
  waiter.keys.assign(outcome.keys.begin(), outcome.keys.end());
  waiter.db = x.client.db;
  waiter.until =
      core.now() +
      (outcome.limit > Duration::zero() ? std::min(outcome.limit, longest_wait) : longest_wait);
  for (const std::string& key : waiter.keys) store_.watch(waiter.db, key);
  x.client.waiting = true;
  store_.figures().blocked_clients = waiters_.size();
}

void Database::end_wait(Waiters::iterator at) {
  for (const std::string& key : at->second.keys) store_.unwatch(at->second.db, key);
  waiters_.erase(at);
  store_.figures().blocked_clients = waiters_.size();
}

Task<> Database::wait(Cx<Database>& cx, std::uint64_t client) {
  const auto peer = clients_.find(client);
  if (peer == clients_.end()) co_return;
  const std::uint64_t ticket = peer->second.ticket;
  auto at = waiters_.find(ticket);
  if (at == waiters_.end()) co_return;  // served before its session asked
  (void)co_await deadline(at->second.until, at->second.over.wait()).reply();
  at = waiters_.find(ticket);
  if (at == waiters_.end()) co_return;  // served, or its client has left
  if (const Share<Exchange> exchange = at->second.exchange.upgrade()) {
    auto x = exchange.rw(cx);
    x->client.waiting = false;
    Reply(x->out, x->client.protocol).null_array();
  }
  end_wait(at);
}

// Oldest first, and at once: no command comes between the push and those who wait for it. Each
// command runs again with the one key that is there.
void Database::serve_ready(Core& core) {
  while (auto ready = store_.next_ready()) {
    const auto& [db, key] = *ready;
    for (auto next = waiters_.begin(); next != waiters_.end();) {
      const auto at = next++;
      const Waiter& waiter = at->second;
      if (waiter.db != db || std::ranges::find(waiter.keys, key) == waiter.keys.end()) continue;
      const Share<Exchange> exchange = waiter.exchange.upgrade();
      if (!exchange) continue;  // its client has left: word of it is on its way
      auto x = exchange.rw(core);
      const std::string_view args[] = {waiter.command, key, "0"};
      if (store_.execute(x->client, args, core.now(), x->out).action == Action::wait) break;
      x->client.waiting = false;
      deliver_answers(core, *x);
      end_wait(at);
    }
  }
}

// ---- time
void Database::refresh(Core& core) {
  if (core.now() - refreshed_ < systime_refresh) [[likely]]
    return;
  refreshed_ = core.now();
  store_.set_systime(core.now(), core.systime());
}

void Database::arm_expiry(Core& core) {
  if (const auto next = store_.next_expiry();
      next && (*next < armed_ || !timer_active(core, expiry_))) {
    armed_ = *next;
    timer_min<&Database::expire>(expiry_, self_, *next);
  }
}

void Database::expire(Cx<Database>& cx) {
  refresh(cx);
  if (store_.expire_due(cx.now(), expiries_a_turn) == expiries_a_turn)
    return call<&Database::expire>(cx);
  armed_ = Instant::max();
  arm_expiry(cx);
}

}  // namespace respd
