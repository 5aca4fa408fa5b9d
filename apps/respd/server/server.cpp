// apps/respd/server/server.cpp: accepting, and the end.
#include "server/server.hpp"

#include <utility>

namespace respd {

using namespace troupe;

namespace {

constexpr std::string_view too_many = "-ERR max number of clients reached\r\n";

}  // namespace

Server::Server(Cx<Server>& cx, Listener listener, ServerOptions options)
    : listener_(std::move(listener)),
      options_(std::move(options)),
      database_(make_actor<Database>(cx, ret_failthru(cx), options_)) {
  call<&Server::accept>(cx);
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
    if (sessions_.size() >= options_.max_clients) {
      warn(cx, "client refused: too many", kv("clients", sessions_.size()));
      call<&Server::refuse>(cx, std::move(*connection));
      continue;
    }
    make_actor_in<&Server::sessions_>(cx, ret_to<&Server::session_over>(cx), std::move(*connection),
                                      database_.actor(), ++last_client_, listener_.address(),
                                      options_.client);
  }
}

void Server::drain(Cx<Server>& cx, int signal) {
  if (std::exchange(is_draining_, true)) return;
  info(cx, "draining", kv("signal", signal), kv("clients", sessions_.size()));
  listener_.close();
  sessions_.each([](const ActorOwn<Session>& session) { call<&Session::finish>(session); });
  if (sessions_.empty()) cx.stop();
}

void Server::session_over(Cx<Server>& cx, troupe::Reply<StopCause>) {
  if (is_draining_ && sessions_.empty()) cx.stop();
}

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
