// apps/respd/server/server.cpp: accepting, and the end.
#include "server/server.hpp"

#include <utility>

namespace respd {

using namespace troupe;

namespace {

constexpr std::string_view too_many = "-ERR max number of clients reached\r\n";

}  // namespace

// Clients of several members have numbers of their own, too: this one's are number + 1, and each
// `of` further on.
Server::Server(Cx<Server>& cx, Listener listener, ServerOptions options, Member member)
    : listener_(std::move(listener)),
      options_(std::move(options)),
      member_(std::move(member)),
      last_client_(member_.number + 1 - member_.of),
      database_(make_actor<Database>(cx, ret_failthru(cx), options_)) {
  if (member_.of == 1) call<&Server::accept>(cx);
}

void Server::join(Cx<Server>& cx, RemoteSet<Server> members, RemoteSet<Database> stores) {
  members_ = std::move(members);
  call<&Database::spread_over>(database_, std::move(stores), member_.number);
  call<&Server::accept>(cx);
}

bool Server::has_place() {
  return member_.places ? member_.places->take() : sessions_.size() < options_.max_clients;
}

Task<> Server::accept(Cx<Server>& cx) {
  for (;;) {
    auto connection = co_await listener_.accept();
    if (is_draining_) co_return;
    if (!connection) {
      cx.fail("accept failed: " + std::string(connection.error().text()));
      co_return;
    }
    if (listener_.is_short()) {
      warn(cx, "client refused: no descriptors left", kv("clients", sessions_.size()));
      co_await refuse_at_once(std::move(*connection));
      continue;
    }
    if (!has_place()) {
      warn(cx, "client refused: too many", kv("clients", sessions_.size()));
      call<&Server::refuse>(cx, std::move(*connection));
      continue;
    }
    make_actor_in<&Server::sessions_>(cx, ret_to<&Server::session_over>(cx), std::move(*connection),
                                      database_.actor(), last_client_ += member_.of,
                                      listener_.address(), options_.client);
  }
}

void Server::drain(Cx<Server>& cx, int signal) {
  if (std::exchange(is_draining_, true)) return;
  info(cx, "draining", kv("signal", signal), kv("clients", sessions_.size()));
  listener_.close();
  sessions_.each([](const ActorOwn<Session>& session) { call<&Session::finish>(session); });
  if (member_.number == 0)
    for (std::size_t i = 1; i < member_.of; ++i) call<&Server::drain>(members_[i], signal);
  if (sessions_.empty()) clients_gone(cx);
}

void Server::session_over(Cx<Server>& cx, troupe::Reply<StopCause>) {
  if (member_.places) member_.places->give_back();
  if (is_draining_ && sessions_.empty()) clients_gone(cx);
}

void Server::clients_gone(Cx<Server>& cx) {
  if (member_.number == 0) return member_drained(cx);
  call<&Server::member_drained>(members_[0]);
}

void Server::member_drained(Cx<Server>& cx) {
  if (++drained_ == member_.of) cx.stop();
}

void Server::member_failed(Cx<Server>& cx, std::size_t number, const std::string& why) {
  cx.fail("runtime " + std::to_string(number) + ": " + why);
}

void Server::end(Cx<Server>& cx) { cx.stop(); }

// It has the descriptor that the listener keeps for this, and must give it back.
Task<> Server::refuse_at_once(Connection connection) {
  (void)co_await connection.write(too_many);
  co_await lingering_close(std::move(connection), Duration::zero());
}

// Says why, then closes.
Task<> Server::refuse(Cx<Server>&, Connection connection) {
  const Permit permit = refusals_.try_acquire();
  if (!permit) co_return;
  (void)co_await connection.write(too_many);
  co_await lingering_close(std::move(connection));
}

}  // namespace respd
