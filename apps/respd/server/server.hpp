// apps/respd/server/server.hpp: the actor that accepts connections and owns everything else.
//
// With several runtimes each has one, with a listener of its own on the same port. They are
// members of one server: the first one hears of signals and failures, and decides on the end.
#pragma once
#include <memory>
#include <string>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

#include "server/options.hpp"
#include "server/places.hpp"
#include "server/session.hpp"

namespace respd {

/// Which of several members a server is. One that is alone has no `places`.
struct Member {
  std::size_t number = 0;
  std::size_t of = 1;
  std::shared_ptr<Places> places = {};
};

class Server {
 public:
  /// Clients beyond `max_clients` that are told so at once; any more are closed without a word.
  static constexpr std::size_t refusals_at_once = 100;

  /// Accepts clients at once, unless it is one of several members: then from `join` on.
  Server(troupe::Cx<Server>& cx, troupe::Listener listener, ServerOptions options,
         Member member = {});

  /// Takes no more clients, has each session answer what has come and close, and ends when the last
  /// one has gone. A second time changes nothing. Of several members the first one has the others
  /// do so, and ends when all clients have gone; the others go on, since their keys may be asked
  /// for.
  /// @param signal the one that asked for it
  void drain(troupe::Cx<Server>& cx, int signal);

  // ---- one member of several
  /// The store of this member.
  [[nodiscard]] troupe::Remote<Database> store() const { return troupe::remote(database_); }
  /// Takes up work together with the others.
  /// @param stores of all members; the numbers of both are those of the members
  void join(troupe::Cx<Server>& cx, troupe::RemoteSet<Server> members,
            troupe::RemoteSet<Database> stores);
  /// To the first member: that one has no clients left, and takes no more.
  void member_drained(troupe::Cx<Server>& cx);
  /// To the first member: the runtime of that one has failed. Ends the server.
  void member_failed(troupe::Cx<Server>& cx, std::size_t number, const std::string& why);
  /// Ends this member.
  void end(troupe::Cx<Server>& cx);

 private:
  [[nodiscard]] bool has_place();
  void clients_gone(troupe::Cx<Server>& cx);
  troupe::Task<> accept(troupe::Cx<Server>& cx);
  void session_over(troupe::Cx<Server>& cx, troupe::Reply<troupe::StopCause> cause);
  static troupe::Task<> refuse_at_once(troupe::Connection connection);
  troupe::Task<> refuse(troupe::Cx<Server>& cx, troupe::Connection connection);

  troupe::Listener listener_;
  ServerOptions options_;
  Member member_;
  std::uint64_t last_client_;
  std::size_t drained_ = 0;  // members
  troupe::RemoteSet<Server> members_;
  bool is_draining_ = false;
  troupe::ActorOwn<Database> database_;
  troupe::ActorSlab<Session> sessions_;
  troupe::Semaphore refusals_{refusals_at_once};
};

}  // namespace respd
