// apps/respd/session.hpp: the actor that holds one connection.
//
// Its conversation is one coroutine: read, ask the database, send what came back. Messages for a subscriber arrive as
// calls meanwhile, since a coroutine that waits does not block its actor. Whoever has something to send while nobody
// sends, sends.
#pragma once
#include <string>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

#include "database.hpp"

namespace respd {

/// The bounds of one client; all settable by flags.
struct ClientLimits {
  ParserLimits parser;
  std::size_t read_bytes = 16 * 1024;                ///< room for one read
  std::size_t max_output = 32 * 1024 * 1024;         ///< bytes that wait to be sent before a subscriber is cut off
  troupe::Duration idle = troupe::Duration::zero();  ///< without a request, then closed; zero: never
};

class Session {
 public:
  Session(troupe::Cx<Session>& cx, troupe::Connection connection, troupe::Actor<Database> database, std::uint64_t id,
          std::string local_address, ClientLimits limits);
  ~Session();
  Session(const Session&) = delete;

 private:
  troupe::Task<> converse(troupe::Cx<Session>& cx);
  troupe::Task<> read_ahead(troupe::Cx<Session>& cx);
  troupe::Task<> send_rest(troupe::Cx<Session>& cx);
  troupe::Step<bool> send(troupe::Cx<Session>& cx);
  troupe::Step<bool> answer(troupe::Cx<Session>& cx);
  void take_answers(troupe::Core& core);
  void deliver(troupe::Cx<Session>& cx, SharedMessage message);
  void idle_over(troupe::Cx<Session>& cx);

  troupe::Connection connection_;
  troupe::Actor<Database> database_;
  std::uint64_t id_;
  ClientLimits limits_;
  troupe::Share<Exchange> exchange_;
  std::string out_, sending_;
  bool is_sending_ = false;
  troupe::Ret<> sent_ = nullptr;  // for the conversation, while a message is being sent
  troupe::MaxTimerKey idle_;
};

}  // namespace respd
