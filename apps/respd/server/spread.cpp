// apps/respd/server/spread.cpp: the database as one store of several: what it asks of the others,
// and does for them.
//
// The requests of a connection are read here in order. Each goes at once to the store of its keys:
// it runs here, or joins the batch for another runtime; a request about many keys, or all, has a
// part in each. The batches travel side by side, and the answers are put in the order of the
// requests. What one store is asked stays in order, and a key has one store: so a request sees what
// those before it have done. What has an effect elsewhere, on other clients or on the connection,
// waits until all before it is answered.
#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>

#include "redis/errors.hpp"
#include "redis/placing.hpp"
#include "redis/scan.hpp"
#include "server/database.hpp"

namespace respd {

using namespace troupe;

namespace {

// There and back; none when that runtime has ended. A store that does not keep up is waited for.
Task<OwnedBatch> run_there(Remote<Database> store, OwnedBatch batch) {
  const bool there = co_await room(store);
  if (!there) co_return OwnedBatch();
  auto back = co_await ask<&Database::run_batch>(store, std::move(batch)).reply();
  if (!back) co_return OwnedBatch();
  co_return std::move(*back);
}

// All that others have to run, side by side. False when one of them has ended.
Step<bool> run_there(const RemoteSet<Database>& stores, Window& window, std::size_t most_answers) {
  std::vector<std::size_t> asked;
  std::vector<Task<OwnedBatch>> running;
  for (std::size_t store = 0; store < window.stores(); ++store) {
    OwnedBatch& batch = window.batch(store);
    if (!batch || !batch->has_next() || batch->answers.size() >= most_answers) continue;
    asked.push_back(store);
    running.push_back(run_there(stores[store], std::move(batch)));
  }
  std::vector<OwnedBatch> back = co_await all(std::move(running));
  for (std::size_t i = 0; i < asked.size(); ++i) window.batch(asked[i]) = std::move(back[i]);
  co_return std::ranges::all_of(asked,
                                [&](std::size_t store) { return window.batch(store) != nullptr; });
}

constexpr std::uint64_t bit(std::size_t store) noexcept { return std::uint64_t{1} << store; }

}  // namespace

void Database::spread_over(RemoteSet<Database> stores, std::size_t own) {
  stores_ = std::move(stores);
  own_store_ = own;
  guest_.client.authenticated = true;
}

std::size_t Database::store_of(std::string_view key) const {
  return stores_.index_of(placing_part(key));
}

// Of each key, in order.
std::vector<std::uint8_t> Database::stores_of(const Command& command, Args args) const {
  const KeyWords keys = key_words(command, args);
  std::vector<std::uint8_t> stores;
  if (keys.first == 0) return stores;
  for (std::size_t at = keys.first; at <= keys.last; at += keys.step)
    stores.push_back(static_cast<std::uint8_t>(store_of(args[at])));
  return stores;
}

// ---- the requests of a client of this runtime
void Database::serve_spread(Cx<Database>& cx, Peer& peer, OwnedExchange exchange,
                            Ret<OwnedExchange> ret) {
  if (!exchange->window)
    exchange->window = std::make_unique<Window>(exchange->client, stores_.size(), own_store_);
  Window& window = *exchange->window;
  const Next next = window.awaits_others() ? Next::again : gather(cx, peer, *exchange);
  if (window.awaits_others())
    spawn(cx, finish(cx, std::move(exchange), std::move(ret), next));
  else
    give(cx, peer, std::move(exchange), std::move(ret), next);
}

Task<> Database::finish(Cx<Database>& cx, OwnedExchange exchange, Ret<OwnedExchange> ret,
                        Next next) {
  Exchange& x = *exchange;
  for (;;) {
    Peer* peer = clients_.find(x.client);
    if (peer == nullptr) co_return;
    deliver_answers(cx, *peer, x.out);
    x.window->make_room();
    const bool good = co_await run_there(stores_, *x.window, most_answers_);
    peer = clients_.find(x.client);
    if (peer == nullptr) co_return;  // its client has gone meanwhile
    if (!good) {
      Reply(x.out, peer->client.protocol).error(store_has_ended);
      give(cx, *peer, std::move(exchange), std::move(ret), Next::close);
      co_return;
    }
    collect(cx, *peer, x);
    if (!x.window->is_empty()) next = Next::again;
    const bool goes_on = next == Next::again && x.window->is_empty() && !peer->is_subscriber &&
                         x.out.size() < most_answers_;
    if (goes_on) next = gather(cx, *peer, x);
    if (goes_on && x.window->awaits_others()) continue;
    give(cx, *peer, std::move(exchange), std::move(ret), next);
    co_return;
  }
}

void Database::give(Cx<Database>& cx, Peer& peer, OwnedExchange exchange, Ret<OwnedExchange> ret,
                    Next next) {
  exchange->next = next;
  exchange->is_subscribed = peer.client.subscriptions() != 0;
  deliver_answers(cx, peer, exchange->out);
  if (std::exchange(peer.has_published, false))
    return call<&Database::give_back>(cx, std::move(exchange), std::move(ret));
  ret(std::move(exchange));
}

// Reads requests until the next one has to wait for others to answer, or there are enough.
Next Database::gather(Cx<Database>& cx, Peer& peer, Exchange& x) {
  Window& window = *x.window;
  Next next = Next::read;
  while (next == Next::read) {
    x.parser.hold_to_login(engine_.store().wants_login(peer.client));
    if (window.is_full() || x.out.size() + window.own().size() >= most_answers_) {
      next = Next::again;
      break;
    }
    const Parsed parsed = x.parser.parse(x.in.unread());
    if (parsed.state == ParseState::need_more) {
      x.in.consume(parsed.consumed);
      break;
    }
    const Command* const command = parsed.state == ParseState::request
                                       ? engine_.command_of(peer.client, parsed.args)
                                       : nullptr;
    const Spread how = command == nullptr ? Spread::alone : command->spread;
    const bool waits_for_others =
        how == Spread::alone || how == Spread::waits ||
        (how == Spread::messages && (peer.is_subscriber || !window.awaits_messages_only()));
    if (waits_for_others && window.awaits_others()) {
      next = Next::again;
      break;
    }
    if (waits_for_others) collect(cx, peer, x);
    if (parsed.state == ParseState::error) {
      Reply(x.out, peer.client.protocol).error("ERR " + std::string(parsed.error));
      next = Next::close;
      break;
    }
    if (how == Spread::waits) {
      next = run_waiting(cx, peer, x, *command, parsed.args);
    } else if (how == Spread::alone) {
      next = run_alone(cx, peer, x, parsed.args);
    } else {
      // One that publishes to itself has its earlier answers first.
      if (how == Spread::messages) deliver_answers(cx, peer, x.out);
      place(cx, peer, window, *command, parsed.args);
    }
    x.in.consume(parsed.consumed);
    if (engine_.store().watches.has_ready()) serve_ready(cx);
  }
  if (!window.awaits_others()) collect(cx, peer, x);
  arm_expiry(cx);
  reclaim_later(cx);
  return next;
}

void Database::collect(Cx<Database>& cx, const Peer& peer, Exchange& x) {
  Store& store = engine_.store();
  x.window->collect(x.out, [&](const Joining& joining, std::uint8_t protocol,
                               std::span<const std::string_view> parts, std::string& out) {
    const std::size_t answer = out.size();
    Reply reply(out, protocol, store.options.max_answer);
    respd::join(joining, parts, store, cx.now(), reply);
    if (!reply.is_too_large()) return;
    out.resize(answer);
    out.shrink_to_fit();
    Reply(out, protocol).error(too_large_answer);
    tell_refused(cx, peer);
  });
}

// As where there is one store.
Next Database::run_alone(Cx<Database>& cx, Peer& peer, Exchange& x, Args args) {
  Neighbours others = neighbours(cx, peer, x.out);
  const Outcome outcome = engine_.execute(peer.client, others, args, cx.now(), x.out);
  return outcome.after == After::go_on ? Next::read : act(cx, peer, x, args, outcome);
}

// ---- placing requests
void Database::place(Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
                     Args args) {
  const std::vector<std::uint8_t> owners = stores_of(command, args);
  const bool is_split = std::ranges::adjacent_find(owners, std::not_equal_to{}) != owners.end();
  if (is_split) return place_parts(cx, peer, window, command, args, owners);
  if (owners.empty() && command.spread != Spread::by_keys)
    return place_at_all(cx, peer, window, command, args);
  const std::size_t store = owners.empty() ? own_store_ : owners.front();
  if (store == own_store_) {
    run_own(cx, peer, window.own(), args);
  } else {
    note_command(cx, peer, command);
    window.ask(store, {Ask::command, peer.client.db, peer.client.protocol}, args);
  }
  window.expect(store);
}

// The keys belong to several stores: each gets the command with its own ones.
void Database::place_parts(Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
                           Args args, const std::vector<std::uint8_t>& owners) {
  if (command.spread == Spread::by_keys) {
    Reply(window.own().out(), peer.client.protocol).error(keys_of_several_stores);
    window.own().written();
    ++engine_.store().figures.errors;
    return window.expect(own_store_);
  }
  note_command(cx, peer, command);
  std::uint64_t stores = 0;
  for (const std::uint8_t store : owners) stores |= bit(store);
  Joining joining{command.spread, stores_.size()};
  std::vector<std::uint8_t> part_of(stores_.size());
  std::uint8_t parts = 0;
  for (std::size_t store = 0; store < stores_.size(); ++store) {
    if ((stores & bit(store)) == 0) continue;
    part_of[store] = parts++;
    // The sets that are taken from the first one's are united first.
    const bool is_taken_away = command.spread == Spread::difference && store != owners.front();
    std::vector<std::string_view> words{is_taken_away ? "sunion" : args.front()};
    for (std::size_t key = 0; key < owners.size(); ++key)
      if (owners[key] == store) words.push_back(args[key + 1]);
    run_part(cx, peer, window, store, Ask::command, words);
  }
  joining.first = part_of[owners.front()];
  if (command.spread == Spread::values)
    for (const std::uint8_t store : owners) joining.owners.push_back(part_of[store]);
  engine_.store().figures.commands -= parts - 1U;
  window.expect(stores, peer.client.protocol, std::move(joining));
}

// The cursor says at which store and where in it. The stores behind it are scanned as well, in case
// that this one is at its end.
void Database::place_scan(Cx<Database>& cx, Peer& peer, Window& window, Args args,
                          std::uint64_t cursor) {
  const std::size_t first = cursor % stores_.size();
  std::string within = std::to_string(cursor / stores_.size());
  std::uint64_t stores = 0;
  for (std::size_t store = first; store < stores_.size(); ++store) {
    stores |= bit(store);
    std::vector<std::string_view> words(args.begin(), args.end());
    words[1] = store == first ? std::string_view(within) : "0";
    run_part(cx, peer, window, store, Ask::command, words);
  }
  engine_.store().figures.commands -= stores_.size() - first - 1;
  window.expect(stores, peer.client.protocol,
                {.how = Spread::scan, .stores = stores_.size(), .first = first});
}

void Database::place_at_all(Cx<Database>& cx, Peer& peer, Window& window, const Command& command,
                            Args args) {
  const auto cursor = command.spread == Spread::scan ? parse_cursor(args[1]) : std::nullopt;
  if (command.spread == Spread::scan && !cursor) {
    run_own(cx, peer, window.own(), args);  // an error
    return window.expect(own_store_);
  }
  note_command(cx, peer, command);
  if (cursor) return place_scan(cx, peer, window, args, *cursor);
  Joining joining{command.spread, stores_.size()};
  Ask what = Ask::command;
  if (command.spread == Spread::random_key) what = Ask::random_key;
  if (command.spread == Spread::patterns) what = Ask::patterns;
  if (command.spread == Spread::figures) {
    what = Ask::figures;
    joining.sections.assign(args.begin() + 1, args.end());
  }
  std::uint64_t stores = 0;
  for (std::size_t store = 0; store < stores_.size(); ++store) {
    stores |= bit(store);
    run_part(cx, peer, window, store, what, args);
  }
  Figures& figures = engine_.store().figures;
  if (what == Ask::patterns || what == Ask::figures)
    ++figures.commands;
  else
    figures.commands -= stores_.size() - 1;
  window.expect(stores, peer.client.protocol, std::move(joining));
}

void Database::note_command(Cx<Database>& cx, Peer& peer, const Command& command) {
  peer.client.command = command.name;
  peer.client.last_command = cx.now();
}

void Database::run_own(Cx<Database>& cx, Peer& peer, Answers& answers, Args args) {
  Neighbours others = neighbours(cx, peer, answers.out());
  const Outcome outcome = engine_.execute(peer.client, others, args, cx.now(), answers.out());
  answers.written();
  if (outcome.after == After::refuse) tell_refused(cx, peer);
}

void Database::run_part(Cx<Database>& cx, Peer& peer, Window& window, std::size_t store, Ask what,
                        Args args) {
  const Asked asked{what, peer.client.db, 2};
  if (store != own_store_) return window.ask(store, asked, args);
  guest_.client.id = peer.client.id;
  run_as_guest(cx, asked, args, window.own().out());
  window.own().written();
  if (std::exchange(guest_.has_published, false)) peer.has_published = true;
}

}  // namespace respd
