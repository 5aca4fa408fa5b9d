// apps/respd/server/main.cpp: the program: the loop, the log, and a summary at the end.
#include <chrono>
#include <cstdint>
#include <random>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <troupe/loop/asio.hpp>
#include <troupe/loop/asio_tcp.hpp>

#include "redis/memory.hpp"
#include "server/descriptors.hpp"
#include "server/flags.hpp"
#include "server/server.hpp"

namespace {

using namespace troupe;

// How long clients have to take their answers behind a signal.
constexpr Duration drain_limit = std::chrono::seconds(5);

// Whether there are descriptors for any clients; for fewer than wanted, the maximum is lowered.
bool fit_clients(Runtime& rt, respd::ServerOptions& options) {
  const std::size_t possible = respd::provide_descriptors(options.max_clients);
  if (possible < options.max_clients)
    warn(rt.core(), "fewer clients than --max-clients: the limit of descriptors is too low",
         kv("wanted", options.max_clients), kv("clients", possible),
         kv("descriptors", options.max_clients + respd::own_descriptors));
  options.max_clients = possible;
  return possible != 0;
}

// Until an error ends it, or a signal: then what has been asked is answered first. Returns the code
// to exit with.
int serve(Runtime& rt, AsioLoop& loop, Listener listener, const respd::ServerOptions& options) {
  info(rt.core(), "ready", kv("address", listener.address()));
  auto server = make_actor<respd::Server>(rt, ret_shutdown(rt), std::move(listener), options);
  loop.stop_on_signals(fwd_to<&respd::Server::drain>(server), drain_limit);
  const StopCause cause = loop.run();
  info(rt.core(), "ending", kv("cause", to_string(cause.kind())), kv("actors", rt.actors().size()),
       kv("tasks", rt.live_tasks()));
  if (!cause.has_error()) return respd::exit_code::asked_to_end;
  error(rt.core(), "the server failed", kv("why", cause.error().text()));
  return respd::exit_code::failed;
}

}  // namespace

int main(int count, char** words) {
  auto flags = respd::parse_flags(count, words);
  if (!flags) return flags.error();
  respd::ServerOptions& options = flags->server;

  respd::keep_little_memory();
  Runtime rt{Clock::now()};
  rt.set_logger(flags->filter, log_to_stderr(flags->log));
  if (!fit_clients(rt, options)) return respd::exit_code::cannot_begin;
  AsioLoop loop(rt);
  loop.set_spin(flags->spin);
  loop.stop_on_signals();  // until there is a server that drains
  auto listener = tcp_listen(loop, options.bind, options.port);
  if (!listener) {
    error(rt.core(), "cannot listen", kv("address", options.bind), kv("port", options.port),
          kv("why", listener.error().text()));
    return respd::exit_code::cannot_begin;
  }
  std::random_device random;
  options.store.seed = (std::uint64_t{random()} << 32) | random();
  options.port = listener->port();
  const int code = serve(rt, loop, std::move(*listener), options);
  rt.run(Clock::now());  // the actors that serve() owned end
  info(rt.core(), "ended", kv("calls", rt.items_run()), kv("actors", rt.actors().size()),
       kv("tasks", rt.live_tasks()), kv("live_rets", rt.live_rets()));
  return code;
}
