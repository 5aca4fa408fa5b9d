// apps/respd/server/options.hpp: what the server is told when it starts; each flag of the program
// sets one of these.
#pragma once
#include <troupe/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include "redis/parser.hpp"
#include "redis/store.hpp"

namespace respd {

/// The bounds of one client.
struct ClientLimits {
  ParserLimits parser;
  std::size_t read_bytes = 16 * 1024;  ///< room for one read
  /// Bytes that wait to be sent, 1 at least. Behind so many answers, or `Database::answers_a_turn`,
  /// the client's next request waits until they are written, so one answer may come on top, of
  /// `StoreOptions::max_answer` bytes at most; a subscriber for whose messages they do not suffice
  /// is cut off. What is being written does not count any more: `Session::sent_at_once` bytes of a
  /// subscriber's, or one message.
  std::size_t max_output = 32 * 1024 * 1024;
  /// Bytes of requests that may wait for a client that has yet to log in; one with so many is
  /// closed.
  std::size_t max_before_login = 1024 * 1024;
  /// How long a client may be idle before it is closed; zero: for ever. An idle one sends nothing,
  /// waits for nothing (a key, messages), and takes nothing of what it is sent.
  troupe::Duration idle = troupe::Duration::zero();
};

/// Runtimes that one server may have, each on a thread of its own.
inline constexpr std::size_t most_runtimes = 64;

/// What one server is made with.
struct ServerOptions {
  StoreOptions store;
  ClientLimits client;
  std::size_t max_clients = 10000;
  std::string bind = "127.0.0.1";  ///< the address of the listener, as clients are told it
  std::uint16_t port = 0;          ///< likewise
};

}  // namespace respd
