// apps/respd/server/session.hpp: the actor that holds one connection.
//
// Its conversation is one coroutine: read, ask the database, send what came back. What a subscriber
// is sent comes as calls meanwhile, since a coroutine that waits does not block its actor; a pipe
// takes it to a second coroutine, which does nothing but write.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

#include "server/database.hpp"
#include "server/exchange.hpp"
#include "server/options.hpp"

namespace respd {

class Session {
 public:
  /// Memory for answers that outlasts them, so that a usual pipeline needs no new one. What a
  /// larger one took goes.
  static constexpr std::size_t keep_when_sent = 1024 * 1024;
  /// Bytes of answers that are sent without reading meanwhile. Behind more, a client may be one
  /// that sends all of its pipeline before it reads.
  static constexpr std::size_t sent_alone = 1024;
  /// Bytes that one write has where idle clients are closed: each that is done is a sign of life.
  static constexpr std::size_t sent_between_signs = 16 * 1024;
  /// How long a client may still show life when it has been idle for so long as it may be: what it
  /// sent while the server was busy may be there, unread.
  static constexpr troupe::Duration second_look = std::chrono::milliseconds(10);
  /// Bytes of a subscriber's outputs behind which one write takes no more of them.
  static constexpr std::size_t sent_at_once = 64 * 1024;

  Session(troupe::Cx<Session>& cx, troupe::Connection connection, troupe::Actor<Database> database,
          std::uint64_t id, std::string local_address, ClientLimits limits);
  ~Session();
  Session(const Session&) = delete;

  /// Answers the requests that have come, reads no more, and closes.
  void finish(troupe::Cx<Session>& cx);

 private:
  enum class Leaving : bool { is_seen_later, ends_the_session };

  troupe::Task<> converse(troupe::Cx<Session>& cx);
  troupe::Task<> part(troupe::Cx<Session>& cx);
  troupe::Step<bool> answer(troupe::Cx<Session>& cx);
  troupe::Step<bool> send(troupe::Cx<Session>& cx);
  troupe::Step<bool> write_in_pieces(troupe::Cx<Session>& cx, std::string_view text);
  troupe::Step<> await_late_answer(troupe::Cx<Session>& cx);
  troupe::Task<> read_ahead(troupe::Cx<Session>& cx, Leaving leaving);
  void deliver(troupe::Cx<Session>& cx, Output output);
  troupe::Task<> write_out(troupe::Cx<Session>& cx);
  void note_life(troupe::Cx<Session>& cx);
  void idle_over(troupe::Cx<Session>& cx);

  troupe::Connection connection_;
  troupe::Actor<Database> database_;
  std::uint64_t id_;
  ClientLimits limits_;
  OwnedExchange exchange_;  // null while the database has it
  std::string sending_;
  // To write_out, which begins with the first of them.
  std::optional<troupe::StreamPipe<Output, WeightOfMessages>> outputs_;
  troupe::Event written_;  // set while no output waits or is being written
  troupe::MaxTimer idle_;
  troupe::TaskRef conversation_;
  bool owes_nothing_ = false;  // the conversation waits for a request, or for a late answer
  bool is_sending_ = false;
  bool is_suspect_ = false;  // idle for so long as it may be
  bool awaits_late_answer_ = false;
  bool is_finishing_ = false;
};

}  // namespace respd
