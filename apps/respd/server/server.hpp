// apps/respd/server/server.hpp: the actor that accepts connections and owns everything else.
#pragma once
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

#include "server/options.hpp"
#include "server/session.hpp"

namespace respd {

class Server {
 public:
  /// Clients beyond `max_clients` that are told so at once; any more are closed without a word.
  static constexpr std::size_t refusals_at_once = 100;

  Server(troupe::Cx<Server>& cx, troupe::Listener listener, ServerOptions options);

  /// Takes no more clients, has each session answer what has come and close, and ends when the last
  /// one has gone. A second time changes nothing.
  /// @param signal the one that asked for it
  void drain(troupe::Cx<Server>& cx, int signal);

 private:
  troupe::Task<> accept(troupe::Cx<Server>& cx);
  void session_over(troupe::Cx<Server>& cx, troupe::Reply<troupe::StopCause> cause);
  static troupe::Task<> refuse_at_once(troupe::Connection connection);
  troupe::Task<> refuse(troupe::Cx<Server>& cx, troupe::Connection connection);

  troupe::Listener listener_;
  ServerOptions options_;
  std::uint64_t last_client_ = 0;
  bool is_draining_ = false;
  troupe::ActorOwn<Database> database_;
  troupe::ActorSlab<Session> sessions_;
  troupe::Semaphore refusals_{refusals_at_once};
};

}  // namespace respd
