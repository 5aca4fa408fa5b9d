// apps/respd/server/session.cpp: reading, asking and sending.
#include "server/session.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace respd {

using namespace troupe;

Session::Session(Cx<Session>& cx, Connection connection, Actor<Database> database, std::uint64_t id,
                 std::string local_address, ClientLimits limits)
    : connection_(std::move(connection)),
      database_(std::move(database)),
      id_(id),
      limits_(limits),
      exchange_(make_share<Exchange>(cx, limits.parser)) {
  written_.set();
  {
    auto x = exchange_.rw(cx);
    x->client.id = id;
    x->client.address = connection_.peer();
    x->client.local_address = std::move(local_address);
  }
  call<&Database::connected>(database_, exchange_, fwd_to<&Session::deliver>(cx));
  call<&Session::converse>(cx);
}

Session::~Session() { call<&Database::disconnected>(database_, id_); }

Task<> Session::converse(Cx<Session>& cx) {
  for (bool open = true; open;) {
    await_request(cx);
    std::span<char> room;
    {
      auto x = exchange_.rw(cx);
      room = x->in.room(
          std::max(limits_.read_bytes, std::min(x->parser.wanted(), limits_.parser.max_request)));
    }
    const auto got = co_await connection_.read_some(std::as_writable_bytes(room));
    if (!got || *got == 0) break;
    {
      auto x = exchange_.rw(cx);
      x->in.filled(*got);
    }
    open = co_await answer(cx);
  }
  call<&Database::disconnected>(database_, id_);
  co_await lingering_close(std::move(connection_));
  cx.stop();
}

// Everything that has arrived; false when the connection is over.
Step<bool> Session::answer(Cx<Session>& cx) {
  for (;;) {
    has_read_ahead_ = false;
    const Served served = co_await ask<&Database::serve>(database_, exchange_);
    const bool open = co_await send(cx);
    if (!open || served == Served::closing) co_return false;
    if (served == Served::all && !has_read_ahead_) co_return true;
    if (served != Served::waiting) {
      await_request(cx);
      continue;
    }
    const TaskRef ahead =
        spawn(cx, read_ahead(cx, true));  // or nobody would notice that the client leaves
    co_await ask<&Database::wait>(database_, id_);
    ahead.cancel();
  }
}

// Returns when all answers are written; false when the connection is over. Those of a subscriber
// are in its stream.
Step<bool> Session::send(Cx<Session>& cx) {
  sending_.clear();
  {
    auto x = exchange_.rw(cx);
    std::swap(sending_, x->out);
  }
  if (sending_.empty()) {
    co_await written_.wait();
    co_return true;
  }
  const TaskRef ahead = sending_.size() > sent_alone ? spawn(cx, read_ahead(cx, false)) : TaskRef();
  const auto wrote = co_await connection_.write(sending_);
  ahead.cancel();
  if (sending_.capacity() > keep_when_sent) std::string().swap(sending_);
  co_return wrote.has_value();
}

// What a client sends while it waits, or is sent answers, is kept for later, up to the size of one
// request.
Task<> Session::read_ahead(Cx<Session>& cx, bool until_it_leaves) {
  std::vector<char> room(limits_.read_bytes);
  std::size_t kept = exchange_.ro(cx)->in.unread().size();
  while (kept < limits_.parser.max_request) {
    const auto got = co_await connection_.read_some(std::as_writable_bytes(std::span(room)));
    if (!got || *got == 0) {
      if (until_it_leaves) cx.stop();
      co_return;
    }
    kept += *got;
    has_read_ahead_ = true;
    auto x = exchange_.rw(cx);
    std::copy_n(room.begin(), *got, x->in.room(*got).begin());
    x->in.filled(*got);
  }
}

// A subscriber that does not read is cut off: nobody else waits for it, and memory has a bound.
// Answers do not count alone, since the conversation waits until they are written.
void Session::deliver(Cx<Session>& cx, Output output) {
  if (!outputs_) {
    // An output is a byte at least, so the bound in bytes is reached before that of the pipe.
    auto [stream, fwd] = stream_pipe<Output>(cx, {}, limits_.max_output, WhenFull::fail);
    outputs_ = std::move(fwd);
    spawn(cx, write_out(cx, std::move(stream)));
  }
  const bool is_message = output.protocol == 0;
  unwritten_ += output.bytes.size();
  written_.reset();
  outputs_(std::move(output));
  if (outputs_.is_wanted() && (!is_message || unwritten_ <= limits_.max_output)) return;
  warn(cx, "subscriber does not read: cut off", kv("why", to_string(Why::overloaded)),
       kv("client", id_), kv("bytes", unwritten_));
  cx.stop();
}

// As much in one write as has come.
Task<> Session::write_out(Cx<Session>& cx, PipeStream<Output> outputs) {
  bool good = true;
  for (bool resp3 = false; good;) {
    std::string batch;
    do {
      const auto output = co_await outputs.next();
      batch += output->bytes.text();
      if (output->protocol != 0)
        resp3 = output->protocol == 3;
      else if (resp3)
        batch[batch.size() - output->bytes.size()] = '>';
    } while (batch.size() < unwritten_);
    const auto wrote = co_await connection_.write(batch);
    good = wrote.has_value();
    unwritten_ -= batch.size();
    if (unwritten_ == 0) written_.set();
  }
  cx.stop();
}

void Session::await_request(Cx<Session>& cx) {
  if (limits_.idle > Duration::zero()) idle_.after<&Session::idle_over>(cx, limits_.idle);
}

void Session::idle_over(Cx<Session>& cx) {
  auto x = exchange_.ro(cx);
  if (x->client.channels + x->client.patterns == 0) cx.stop();
}

}  // namespace respd
