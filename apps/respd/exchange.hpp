// apps/respd/exchange.hpp: what a session and the database pass back and forth: one connection's requests and answers.
//
// The bytes that arrived, the parser over them, the client's state and the answers travel as one counted handle, so a
// whole pipeline of requests is one call, and no byte of it is copied.
#pragma once
#include <memory>
#include <string>
#include <troupe/core.hpp>

#include "client.hpp"
#include "input.hpp"
#include "parser.hpp"

namespace respd {

/// One connection's conversation with the database. The session fills `in` and sends `out`; the database does the rest.
struct Exchange {
  explicit Exchange(const ParserLimits& limits) : parser(limits) {}
  InputBuffer in;
  Parser parser;
  Client client;
  std::string out;
};

/// What became of the requests of an exchange.
enum class Served : std::uint8_t {
  all,      ///< every whole request is answered: send, and read on
  closing,  ///< send what there is, then close: the client said QUIT, or broke the protocol
  waiting,  ///< a request waits for a key (BLPOP): send, and ask `Database::wait`
};

/// A published message on its way to many sessions.
struct Message {
  std::string channel;
  std::string payload;
  std::string pattern;  // empty for a plain subscriber
};
using SharedMessage = std::shared_ptr<const Message>;

}  // namespace respd
