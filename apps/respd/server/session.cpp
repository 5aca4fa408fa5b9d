// apps/respd/server/session.cpp: reading, asking and sending.
#include "server/session.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace respd {

using namespace troupe;

Session::Session(Cx<Session>& cx, Connection connection, Actor<Database> database, std::uint64_t id,
                 std::string local_address, ClientLimits limits)
    : connection_(std::move(connection)),
      database_(std::move(database)),
      id_(id),
      limits_(limits),
      exchange_(std::make_unique<Exchange>(id, limits.parser)) {
  written_.set();
  call<&Database::connected>(database_, id, connection_.peer(), std::move(local_address),
                             fwd_to<&Session::deliver>(cx));
  conversation_ = spawn(cx, converse(cx));
}

Session::~Session() { call<&Database::disconnected>(database_, id_); }

Task<> Session::converse(Cx<Session>& cx) {
  for (bool open = true; open && !is_finishing_;) {
    note_life(cx);
    const std::size_t wanted = std::min(exchange_->parser.wanted(), limits_.parser.max_request);
    const auto room = exchange_->in.room(std::max(limits_.read_bytes, wanted));
    owes_nothing_ = true;
    const auto got = co_await connection_.read_some(std::as_writable_bytes(room));
    owes_nothing_ = false;
    if (!got || *got == 0) break;
    exchange_->in.filled(*got);
    open = co_await answer(cx);
  }
  call<&Session::part>(cx);
}

// The last step of each session, once: the conversation calls it when it is over, or finish() in
// its place when the conversation waits for a request. All answers have been sent. A subscriber's
// messages that wait have until the end of the drain.
Task<> Session::part(Cx<Session>& cx) {
  call<&Database::disconnected>(database_, id_);
  if (is_finishing_) co_await written_.wait();
  idle_.cancel();
  co_await lingering_close(std::move(connection_));
  cx.stop();
}

// Where the conversation is at work, it answers what it has read, and then ends by itself. Where it
// waits for a request, it owes nothing: it has read half a request at most, and what the system
// still holds came too late.
void Session::finish(Cx<Session>& cx) {
  is_finishing_ = true;
  if (!owes_nothing_) return;
  conversation_.cancel();
  call<&Session::part>(cx);
}

// Everything that has arrived; false when the connection is over.
Step<bool> Session::answer(Cx<Session>& cx) {
  for (;;) {
    exchange_ = co_await ask<&Database::serve>(database_, std::move(exchange_));
    const Next next = exchange_->next;
    const std::size_t left = exchange_->in.unread().size();
    const bool open = co_await send(cx);
    if (!open || next == Next::close) co_return false;
    if (next == Next::wait) {
      co_await await_late_answer(cx);
      continue;
    }
    const bool has_read_ahead = exchange_->in.unread().size() != left;
    if (next == Next::read && !has_read_ahead) co_return true;
  }
}

// Returns when all answers are written; false when the connection is over. Those of a subscriber
// are in its stream.
Step<bool> Session::send(Cx<Session>& cx) {
  note_life(cx);
  if (exchange_->out.empty()) {
    co_await written_.wait();
    co_return true;
  }
  sending_.clear();
  std::swap(sending_, exchange_->out);
  bool good = false;
  is_sending_ = true;
  if (sending_.size() <= sent_alone) {
    const auto wrote = co_await connection_.write(sending_);
    good = wrote.has_value();
  } else {
    Scope meanwhile(cx);
    meanwhile.spawn(read_ahead(cx, Leaving::is_seen_later));
    good = co_await write_in_pieces(cx, sending_);
  }
  is_sending_ = false;
  if (sending_.capacity() > keep_when_sent) std::string().swap(sending_);
  co_return good;
}

// In one piece where nobody asks whether the client is idle.
Step<bool> Session::write_in_pieces(Cx<Session>& cx, std::string_view text) {
  const std::size_t most = limits_.idle > Duration::zero() ? sent_between_signs : text.size();
  while (!text.empty()) {
    const auto wrote = co_await connection_.write(text.substr(0, most));
    if (!wrote) co_return false;
    note_life(cx);
    text.remove_prefix(*wrote);
  }
  co_return true;
}

// A request waits for a key. If its client leaves, nobody else would notice.
Step<> Session::await_late_answer(Cx<Session>& cx) {
  const auto late_answer = std::move(*exchange_->late_answer);
  exchange_->late_answer.reset();
  Scope meanwhile(cx);
  meanwhile.spawn(read_ahead(cx, Leaving::ends_the_session));
  owes_nothing_ = awaits_late_answer_ = true;
  std::string answer = co_await late_answer;
  owes_nothing_ = awaits_late_answer_ = false;
  exchange_->out = std::move(answer);
}

// What a client sends while it waits, or is sent answers, is kept for later, up to the size of one
// request. One that has not logged in has a bound of its own, and no right to wait there.
Task<> Session::read_ahead(Cx<Session>& cx, Leaving leaving) {
  const bool is_stranger = exchange_->parser.is_held_to_login();
  while (exchange_->in.unread().size() < limits_.parser.max_request) {
    if (is_stranger && exchange_->in.unread().size() >= limits_.max_before_login) {
      warn(cx, "client closed: too many requests before it has logged in", kv("client", id_),
           kv("bytes", exchange_->in.unread().size()));
      cx.stop();
      co_return;
    }
    const auto room = exchange_->in.room(limits_.read_bytes);
    const auto got = co_await connection_.read_some(std::as_writable_bytes(room));
    if (!got || *got == 0) {
      if (leaving == Leaving::ends_the_session) cx.stop();
      co_return;
    }
    note_life(cx);
    exchange_->in.filled(*got);
  }
}

// A subscriber that does not read is cut off: nobody else waits for it, and memory has a bound.
void Session::deliver(Cx<Session>& cx, Output output) {
  if (!outputs_) {
    outputs_.emplace(stream_pipe<Output, WeightOfMessages>(cx, {}, limits_.max_output));
    spawn(cx, write_out(cx));
  }
  const std::size_t bytes = outputs_->stream.weight() + output.bytes.size();
  written_.reset();
  outputs_->fwd(std::move(output));
  if (outputs_->fwd.is_wanted()) return;
  warn(cx, "subscriber does not read: cut off", kv("why", to_string(Why::overloaded)),
       kv("client", id_), kv("bytes", bytes));
  cx.stop();
}

// As much in one write as has come, within reason: what is being written counts no more.
Task<> Session::write_out(Cx<Session>& cx) {
  PipeStream<Output, WeightOfMessages>& outputs = outputs_->stream;
  for (bool good = true; good;) {
    std::string batch;
    do {
      const auto output = co_await outputs.next();
      batch += output->bytes.text();
    } while (outputs.weight() != 0 && batch.size() < sent_at_once);
    note_life(cx);
    if (limits_.idle > Duration::zero()) {
      good = co_await write_in_pieces(cx, batch);
    } else {
      const auto wrote = co_await connection_.write(batch);
      good = wrote.has_value();
    }
    if (outputs.weight() == 0) written_.set();
  }
  cx.stop();
}

// Something moves: the client is not idle, whatever it does from now on.
void Session::note_life(Cx<Session>& cx) {
  is_suspect_ = false;
  if (limits_.idle > Duration::zero()) idle_.after<&Session::idle_over>(cx, limits_.idle);
}

void Session::idle_over(Cx<Session>& cx) {
  const bool is_sent_something = is_sending_ || !written_.is_set();
  const bool awaits_something = !exchange_ || awaits_late_answer_ || exchange_->is_subscribed;
  if (awaits_something && !is_sent_something) return;
  if (!std::exchange(is_suspect_, true)) return idle_.after<&Session::idle_over>(cx, second_look);
  debug(cx, "client idle: closed", kv("client", id_));
  cx.stop();
}

}  // namespace respd
