// apps/respd/server/exchange.hpp: what a session and the database send back and forth: one
// connection's requests and answers.
//
// The bytes that arrived, the parser over them and the answers are one message that owns them all:
// the session hands it to the database and gets it back. So a whole pipeline of requests is one
// call, no byte of it is copied, and nothing is shared.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "redis/input.hpp"
#include "redis/parser.hpp"
#include "server/window.hpp"

namespace respd {

/// What the session does when its exchange is back.
enum class Next : std::uint8_t {
  read,   ///< every whole request is answered: send, and read on
  again,  ///< so many answers wait that the rest comes after them: send, then ask again
  wait,   ///< a request waits for a key (BLPOP): send, await `late_answer`, then ask again
  close,  ///< send what there is, then close: the client said QUIT, or broke the protocol
};

/// One connection's conversation with the database. The session fills `in` and sends `out`; the
/// database does the rest.
struct Exchange {
  Exchange(std::uint64_t of, const ParserLimits& limits) : client(of), parser(limits) {}

  const std::uint64_t client;
  InputBuffer in;
  Parser parser;
  std::string out;
  Next next = Next::read;
  bool is_subscribed = false;  ///< to any channel or pattern
  /// With `Next::wait`: gives the answer of the request that waits; an empty one when it has gone
  /// to the client as an `Output`.
  std::optional<troupe::Value<std::string>> late_answer;
  /// Where there are several stores: the requests that have been read and not answered.
  std::unique_ptr<Window> window;
};
using OwnedExchange = std::unique_ptr<Exchange>;

/// What a subscriber is sent. From its first SUBSCRIBE on everything comes this way, answers and
/// messages in the order in which they came about.
struct Output {
  enum Kind : std::uint8_t { answers, message };
  Output(Kind what, troupe::Bytes with) : bytes(std::move(with)), kind(what) {}
  troupe::Bytes bytes;  ///< of a message: one copy for all who get it
  Kind kind;
};

/// What an output weighs against the bound of those that wait for a client. Answers hardly count (a
/// pipe takes a weight of 0 for 1): the conversation goes on when they are written, so there is
/// never more of them than one exchange has.
struct WeightOfMessages {
  std::size_t operator()(const Output& output) const noexcept {
    return output.kind == Output::message ? output.bytes.size() : 0;
  }
};

}  // namespace respd
