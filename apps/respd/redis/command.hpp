// apps/respd/redis/command.hpp: what a command is: a row of a table with a function, and the call
// that the function works on.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "redis/args.hpp"
#include "redis/others.hpp"
#include "redis/reply.hpp"
#include "redis/store.hpp"

namespace respd {

class CommandTable;

/// What is to be done behind a command.
enum class After : std::uint8_t {
  go_on,    ///< the answer is written
  close,    ///< the answer is written: send it and close
  abandon,  ///< the client is a browser that was tricked into this: close, and send nothing more
  refuse,   ///< an error is written in place of an answer that would have been too large
  wait,     ///< there is no answer yet: wait for one of `Outcome::keys`, or for the time limit
};

/// What a command came to.
struct Outcome {
  After after = After::go_on;
  /// With `wait`: which of the args are the keys to wait for.
  Args keys = {};
  /// With `wait`: how long; zero for without end. When it is over, the answer is
  /// `Reply::null_array`.
  troupe::Duration limit{};
};

/// One running command: its arguments, where it works, and where its answer goes.
struct Call {
  const CommandTable& commands;
  Store& store;
  Others& others;
  Client& client;
  Args args;
  troupe::Instant now;
  UnixMs now_ms;
  Reply reply;
  Outcome outcome = {};

  /// The entry of `key` in the client's database, or null.
  [[nodiscard]] Entry* find(std::string_view key) {
    return store.keyspace.find(client.db, key, now_ms);
  }
  /// The entry of `key`, or null, for a command that reads: it counts as a hit or a miss.
  [[nodiscard]] Entry* look_up(std::string_view key) {
    Entry* const entry = find(key);
    ++(entry != nullptr ? store.figures.hits : store.figures.misses);
    return entry;
  }
  /// The entry of `key`, made when it is missing; whether it was made.
  std::pair<Entry*, bool> insert(std::string_view key) {
    return store.keyspace.insert(client.db, key, now_ms);
  }
};

using Handler = void (*)(Call&);

/// What COMMAND INFO tells about a command, and what the server goes by.
namespace flag {
inline constexpr std::uint16_t write = 1, readonly = 2, denyoom = 4, fast = 8, pubsub = 16,
                               noscript = 32, loading = 64, stale = 128, admin = 256, no_auth = 512,
                               blocking = 1024, when_subscribed = 2048;
// What many have in common.
inline constexpr std::uint16_t telling = loading | stale;
inline constexpr std::uint16_t filling = write | denyoom;
inline constexpr std::uint16_t connection = noscript | loading | stale | fast;
}  // namespace flag

/// Where a command runs when the keys are spread over several stores, and how the answers of these
/// become one. "Here" is the store of the runtime that holds the client's connection.
enum class Spread : std::uint8_t {
  by_keys,       ///< at the store of its keys, which have to be of one; one without keys runs here
  alone,         ///< here, when all that was asked before is answered
  waits,         ///< as by_keys, when all that was asked before is answered: it may wait there
  messages,      ///< at all, behind what was asked before: the numbers are added
  sum,           ///< each key at its store, or at all: the numbers are added
  alike,         ///< at all, whose answers are the same
  values,        ///< each key at its store: the values in the order of the keys
  set_union,     ///< of sets, each at its store
  intersection,  ///< likewise
  difference,    ///< likewise
  keys,          ///< at all: one list of all names
  topics,        ///< at all: one list, each name once
  counts,        ///< at all: the counts of each name are added
  patterns,      ///< at all: how many there are, each counted once
  lines,         ///< at all: one text, its lines in the order of their ids
  scan,          ///< at one store after the other: the cursor tells which
  random_key,    ///< at all, of which one is drawn, by its size
  figures,       ///< at all: a text about all of them
};

/// A command, or a command's subcommand: the one place that declares it.
struct Command {
  std::string_view name;  ///< in lower case, letters only; "command|subcommand" for a subcommand
  Handler handler;
  int arity;  ///< words of a request, the name included; when negative, at least so many
  std::uint16_t flags = 0;
  int first_key = 0;
  int last_key = 0;
  int key_step = 0;
  std::span<const Command> subcommands = {};
  Spread spread = Spread::by_keys;
};

}  // namespace respd
