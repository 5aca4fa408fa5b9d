// apps/respd/server/guests.cpp: the database as one store of several: requests of clients that are
// connected to another runtime, and lists for which clients wait at another runtime's store.
#include <algorithm>
#include <functional>
#include <string>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>

#include "redis/errors.hpp"
#include "redis/joining.hpp"
#include "server/database.hpp"

namespace respd {

using namespace troupe;

namespace {

Task<> tell_there(Remote<Database> store, std::uint64_t client) {
  const bool there = co_await room(store);
  if (there) call<&Database::guest_left>(store, client);
}

}  // namespace

// ---- for clients of other runtimes
void Database::run_as_guest(Cx<Database>& cx, const Asked& asked, Args args, std::string& out) {
  Store& store = engine_.store();
  guest_.client.db = asked.db;
  guest_.client.protocol = asked.protocol;
  Neighbours others = neighbours(cx, guest_, out);
  switch (asked.ask) {
    case Ask::command: {
      const Outcome outcome = engine_.execute(guest_.client, others, args, cx.now(), out);
      if (outcome.after == After::refuse) tell_refused(cx, guest_);
      break;
    }
    case Ask::figures:
      count_clients();
      write_figures(store, topics_.channels(), topics_.patterns(), out);
      break;
    case Ask::random_key: {
      std::string key;
      engine_.execute(guest_.client, others, args, cx.now(), key);
      write_random_key(store.keyspace.size(asked.db), key, out);
      break;
    }
    case Ask::patterns: {
      const std::vector<std::string> patterns = topics_.patterns();
      Reply reply(out, 2);
      reply.array(patterns.size());
      for (const std::string& pattern : patterns) reply.bulk(pattern);
      break;
    }
  }
}

void Database::run_batch(Cx<Database>& cx, OwnedBatch batch, Ret<OwnedBatch> ret) {
  refresh_clock(cx);
  guest_.client.id = batch->client;
  std::vector<std::string_view> words;
  while (batch->has_next() && batch->answers.size() < most_answers_) {
    const Asked asked = batch->next(words);
    run_as_guest(cx, asked, words, batch->answers.out());
    batch->answers.written();
    if (engine_.store().watches.has_ready()) serve_ready(cx);
  }
  arm_expiry(cx);
  reclaim_later(cx);
  if (std::exchange(guest_.has_published, false))
    return call<&Database::return_batch>(cx, std::move(batch), std::move(ret), 1);
  ret(std::move(batch));
}

// The calls that bring its messages to the subscribers are ahead of the first hop, and the wake-ups
// of those who write them are ahead of the second.
void Database::return_batch(Cx<Database>& cx, OwnedBatch batch, Ret<OwnedBatch> ret, int hops) {
  if (hops == 0) return ret(std::move(batch));
  call<&Database::return_batch>(cx, std::move(batch), std::move(ret), hops - 1);
}

// ---- waiting for lists
Next Database::run_waiting(Cx<Database>& cx, Peer& peer, Exchange& x, const Command& command,
                           Args args) {
  const std::vector<std::uint8_t> owners = stores_of(command, args);
  if (std::ranges::adjacent_find(owners, std::not_equal_to{}) != owners.end()) {
    Reply(x.out, peer.client.protocol).error(keys_of_several_stores);
    ++engine_.store().figures.errors;
    return Next::read;
  }
  const std::size_t store = owners.front();
  if (store == own_store_) return run_alone(cx, peer, x, args);
  note_command(cx, peer, command);
  auto [answer, ret] = push_pipe<std::string>(cx);
  x.late_answer = std::move(answer);
  peer.waits_at = store;
  peer.client.waiting = true;
  GuestWait wait{peer.client.id, {Ask::command, peer.client.db, peer.client.protocol}, {}};
  wait.words.assign(args.begin(), args.end());
  call<&Database::wait_here>(stores_[store], std::move(wait),
                             ret_to<&Database::wait_is_over>(cx, peer.client.id, std::move(ret)));
  return Next::wait;
}

void Database::wait_is_over(Cx<Database>& cx, std::uint64_t client, Ret<std::string> ret,
                            troupe::Reply<std::string> answer) {
  Peer* const peer = clients_.find(client);
  if (peer == nullptr) return;
  peer->waits_at = Peer::nowhere;
  peer->client.waiting = false;
  std::string text;
  if (answer) {
    text = std::move(*answer);
  } else {
    const bool is_overloaded = answer.error() == ActorFail(Why::overloaded);
    Reply(text, peer->client.protocol).error(is_overloaded ? store_is_overloaded : store_has_ended);
  }
  deliver_answers(cx, *peer, text);
  ret(std::move(text));
}

void Database::wait_here(Cx<Database>& cx, const GuestWait& wait, Ret<std::string> ret) {
  refresh_clock(cx);
  Peer& guest = guests_[wait.client];
  guest.client.id = wait.client;
  guest.client.authenticated = true;
  guest.client.db = wait.asked.db;
  guest.client.protocol = wait.asked.protocol;
  const std::vector<std::string_view> words(wait.words.begin(), wait.words.end());
  std::string answer;
  Neighbours others = neighbours(cx, guest, answer);
  const Outcome outcome = engine_.execute(guest.client, others, words, cx.now(), answer);
  if (outcome.after == After::wait) return begin_wait(cx, guest, std::move(ret), words, outcome);
  if (outcome.after == After::refuse) tell_refused(cx, guest);
  guests_.erase(wait.client);
  ret(std::move(answer));
  arm_expiry(cx);
  reclaim_later(cx);
}

void Database::tell_left(Cx<Database>& cx, Peer& peer) {
  spawn(cx, tell_there(stores_[std::exchange(peer.waits_at, Peer::nowhere)], peer.client.id));
}

void Database::guest_left(std::uint64_t client) {
  const auto at = guests_.find(client);
  if (at == guests_.end()) return;
  (void)waiting_.remove(at->second);  // nobody hears its Ret any more
  guests_.erase(at);
  count_clients();
}

}  // namespace respd
