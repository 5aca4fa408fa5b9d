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
#include "server/runtimes.hpp"
#include "server/server.hpp"

namespace {

using namespace troupe;

// Whether there are descriptors for any clients; for fewer than wanted, the maximum is lowered.
bool fit_clients(Runtime& rt, respd::ServerOptions& options, std::size_t runtimes) {
  const std::size_t own = respd::own_descriptors(runtimes);
  const std::size_t possible = respd::provide_descriptors(options.max_clients, own);
  if (possible < options.max_clients)
    warn(rt.core(), "fewer clients than --max-clients: the limit of descriptors is too low",
         kv("wanted", options.max_clients), kv("clients", possible),
         kv("descriptors", options.max_clients + own));
  options.max_clients = possible;
  return possible != 0;
}

// On one runtime: until an error ends it, or a signal: then what has been asked is answered first.
// Returns the code to exit with.
int serve(Runtime& rt, AsioLoop& loop, respd::ServerOptions& options) {
  auto listener = tcp_listen(loop, options.bind, options.port);
  if (!listener) {
    error(rt.core(), "cannot listen", kv("address", options.bind), kv("port", options.port),
          kv("why", listener.error().text()));
    return respd::exit_code::cannot_begin;
  }
  options.port = listener->port();
  info(rt.core(), "ready", kv("address", listener->address()));
  auto server = make_actor<respd::Server>(rt, ret_shutdown(rt), std::move(*listener), options);
  loop.stop_on_signals(fwd_to<&respd::Server::drain>(server), respd::drain_limit);
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
  if (!fit_clients(rt, options, flags->runtimes)) return respd::exit_code::cannot_begin;
  AsioLoop loop(rt);
  loop.set_spin(flags->spin);
  loop.stop_on_signals();  // until there is a server that drains
  std::random_device random;
  options.store.seed = (std::uint64_t{random()} << 32) | random();
  respd::Remainders left;
  const int code = flags->runtimes == 1 ? serve(rt, loop, options)
                                        : respd::serve_on_many(rt, loop, *flags, left);
  if (code == respd::exit_code::cannot_begin) return code;
  rt.run(Clock::now());  // the actors that serve() owned end
  left.add(rt);
  info(rt.core(), "ended", kv("calls", left.calls), kv("actors", left.actors),
       kv("tasks", left.tasks), kv("live_rets", left.rets));
  return code;
}
