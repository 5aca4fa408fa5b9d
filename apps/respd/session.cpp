// apps/respd/session.cpp: reading, asking and sending.
#include "session.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "reply.hpp"

namespace respd {

using namespace troupe;

Session::Session(Cx<Session>& cx, Connection connection, Actor<Database> database, std::uint64_t id,
                 std::string local_address, ClientLimits limits)
    : connection_(std::move(connection)),
      database_(std::move(database)),
      id_(id),
      limits_(limits),
      exchange_(make_share<Exchange>(cx, limits.parser)) {
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
    if (limits_.idle > Duration::zero()) timer_max<&Session::idle_over>(idle_, cx, cx.now() + limits_.idle);
    std::span<char> room;
    {
      auto x = exchange_.rw(cx);
      room = x->in.room(std::max(limits_.read_bytes, std::min(x->parser.wanted(), limits_.parser.max_request)));
    }
    const auto got = co_await connection_.read_some(std::as_writable_bytes(room));
    if (!got || *got == 0) break;
    {
      auto x = exchange_.rw(cx);
      x->in.filled(*got);
    }
    open = co_await answer(cx);
  }
  cx.stop();
}

// Everything that has arrived; false when the connection is over.
Step<bool> Session::answer(Cx<Session>& cx) {
  Served served = co_await ask<&Database::serve>(database_, exchange_);
  for (;;) {
    take_answers(cx);
    const bool open = co_await send(cx);
    if (!open || served == Served::closing) co_return false;
    if (served == Served::all) co_return true;
    const TaskRef ahead = spawn(cx, read_ahead(cx));  // or nobody would notice that the client leaves
    served = co_await ask<&Database::wait>(database_, exchange_);
    ahead.cancel();
  }
}

// What a waiting client sends is kept for later, up to the size of one request; its end ends the session.
Task<> Session::read_ahead(Cx<Session>& cx) {
  std::vector<char> room(limits_.read_bytes);
  for (std::size_t kept = 0; kept < limits_.parser.max_request;) {
    const auto got = co_await connection_.read_some(std::as_writable_bytes(std::span(room)));
    if (!got || *got == 0) {
      cx.stop();
      co_return;
    }
    kept += *got;
    auto x = exchange_.rw(cx);
    std::copy_n(room.begin(), *got, x->in.room(*got).begin());
    x->in.filled(*got);
  }
}

void Session::take_answers(Core& core) {
  auto x = exchange_.rw(core);
  if (out_.empty())
    std::swap(out_, x->out);
  else
    out_ += std::exchange(x->out, {});
}

// Sends all there is, or waits until the other coroutine has; false when the connection is over.
Step<bool> Session::send(Cx<Session>& cx) {
  if (is_sending_) {
    auto [sent, tell] = push_pipe<>(cx);
    sent_ = std::move(tell);
    const auto told = co_await sent.reply();
    co_return told.has_value();
  }
  is_sending_ = true;
  bool good = true;
  while (good && !out_.empty()) {
    sending_.clear();
    std::swap(out_, sending_);
    const auto wrote = co_await connection_.write(std::as_bytes(std::span(sending_)));
    good = wrote.has_value();
  }
  is_sending_ = false;
  co_return good;
}

Task<> Session::send_rest(Cx<Session>& cx) {
  if (is_sending_) co_return;
  const bool good = co_await send(cx);
  if (sent_) sent_();
  if (!good) cx.stop();
}

// A subscriber that does not read is cut off: nobody else waits for it, and memory has a bound.
void Session::deliver(Cx<Session>& cx, SharedMessage message) {
  {
    auto x = exchange_.ro(cx);
    Reply reply(out_, x->client.protocol);
    if (message->pattern.empty())
      write_message(reply, message->channel, message->payload);
    else
      write_pattern_message(reply, message->pattern, message->channel, message->payload);
  }
  if (out_.size() + sending_.size() > limits_.max_output) {
    warn(cx, "subscriber does not read: cut off", kv("client", id_), kv("bytes", out_.size() + sending_.size()));
    return cx.stop();
  }
  if (!is_sending_) call<&Session::send_rest>(cx);
}

void Session::idle_over(Cx<Session>& cx) {
  auto x = exchange_.ro(cx);
  if (x->client.channels + x->client.patterns == 0) cx.stop();
}

}  // namespace respd
