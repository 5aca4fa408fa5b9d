// apps/respd/server/exchange.hpp: what a session and the database pass back and forth: one
// connection's requests and answers.
//
// The bytes that arrived, the parser over them, the client's state and the answers travel as one
// counted handle, so a whole pipeline of requests is one call, and no byte of it is copied.
#pragma once
#include <string>
#include <troupe/core.hpp>

#include "redis/client.hpp"
#include "redis/input.hpp"
#include "redis/parser.hpp"

namespace respd {

/// One connection's conversation with the database. The session fills `in` and sends `out`; the
/// database does the rest.
struct Exchange {
  explicit Exchange(const ParserLimits& limits) : parser(limits) {}
  InputBuffer in;
  Parser parser;
  Client client;
  std::string out;
  bool is_subscriber =
      false;  ///< ever since its first SUBSCRIBE; its answers leave `out` as an `Output`
  std::size_t delivered = 0;  ///< bytes of answers that have left `out` so since the last `serve`
};

/// What became of the requests of an exchange.
enum class Served : std::uint8_t {
  all,      ///< every whole request is answered: send, and read on
  some,     ///< so many answers wait that the rest comes after them: send, then serve again
  closing,  ///< send what there is, then close: the client said QUIT, or broke the protocol
  waiting,  ///< a request waits for a key (BLPOP): send, ask `Database::wait`, then serve again
};

/// What a subscriber is sent. From its first SUBSCRIBE on everything comes this way, answers and
/// messages in the order in which they came about.
struct Output {
  explicit Output(troupe::Bytes what, std::uint8_t speaks = 0)
      : bytes(std::move(what)), protocol(speaks) {}
  troupe::Bytes bytes;  ///< one copy of a message for all who get it
  /// Answers: the protocol that the client speaks from here on. 0: a message in the form of RESP2;
  /// that of RESP3 differs in its first byte.
  std::uint8_t protocol;
};

}  // namespace respd
