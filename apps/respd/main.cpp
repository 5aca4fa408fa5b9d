// apps/respd/main.cpp: the program: flags, the loop, the log, and a summary at the end.
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <troupe/loop/asio.hpp>
#include <troupe/loop/asio_tcp.hpp>

#include "server.hpp"

namespace {

using namespace troupe;

constexpr std::string_view usage =
    "respd: a Redis-protocol server made of Troupe actors and coroutines\n"
    "\n"
    "usage: respd [flag value]...\n"
    "  --port N            TCP port (6379; 0: the system chooses, the log says which)\n"
    "  --bind ADDRESS      numeric address to listen on (127.0.0.1)\n"
    "  --password TEXT     clients must AUTH with it first (none)\n"
    "  --max-clients N     clients at once (10000)\n"
    "  --max-request BYTES bytes of one request, as sent (536870912)\n"
    "  --max-output BYTES  bytes of answers and messages that may wait for one client (33554432)\n"
    "  --idle SECONDS      a client without a request for so long is closed; 0: never (0)\n"
    "  --log FORMAT        text or json, to standard error (text)\n"
    "  --log-level LEVEL   trace, debug, info, warn, error or off (info)\n"
    "  --help              this text\n";

struct Flags {
  Flags() {
    server.port = 6379;
    server.client.parser.max_request = std::size_t{512} * 1024 * 1024;
  }

  respd::ServerOptions server;
  LogFormat log = LogFormat::text;
  LogFilter filter = LogLevel::info;
};

template <class N> bool number(std::string_view text, N& to, N least, N most) {
  N n{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n < least || n > most)
    return false;
  to = n;
  return true;
}

bool set_flag(Flags& f, std::string_view flag, std::string_view value) {
  constexpr std::size_t any = std::size_t{1} << 40;
  if (flag == "--port") return number<std::uint16_t>(value, f.server.port, 0, 65535);
  if (flag == "--bind") return f.server.bind = value, true;
  if (flag == "--password") return f.server.store.password = value, true;
  if (flag == "--max-clients") return number<std::size_t>(value, f.server.max_clients, 1, any);
  if (flag == "--max-request")
    return number<std::size_t>(value, f.server.client.parser.max_request, 64, any);
  if (flag == "--max-output")
    return number<std::size_t>(value, f.server.client.max_output, 1024, any);
  if (flag == "--idle") {
    long seconds = 0;
    if (!number<long>(value, seconds, 0, 1'000'000'000)) return false;
    f.server.client.idle = std::chrono::seconds(seconds);
    return true;
  }
  if (flag == "--log") {
    f.log = value == "json" ? LogFormat::json : LogFormat::text;
    return value == "json" || value == "text";
  }
  if (flag == "--log-level") {
    const auto filter = LogFilter::parse(value);
    if (filter) f.filter = *filter;
    return filter.has_value();
  }
  return false;
}

// What to exit with, if it is not to run.
std::optional<int> parse(Flags& f, int count, char** words) {
  for (int i = 1; i < count; i += 2) {
    const std::string_view flag = words[i];
    if (flag == "--help") return std::fputs(usage.data(), stdout), 0;
    if (i + 1 == count || !set_flag(f, flag, words[i + 1])) {
      std::fprintf(stderr, "respd: bad flag or value: %s %s (--help tells)\n", words[i],
                   i + 1 < count ? words[i + 1] : "");
      return 2;
    }
  }
  return std::nullopt;
}

// Until a signal or an error ends it.
void serve(Runtime& rt, AsioLoop& loop, Listener listener, const respd::ServerOptions& options) {
  info(rt.core(), "ready", kv("address", listener.address()));
  auto server = make_actor<respd::Server>(rt, ret_shutdown(rt), std::move(listener), options);
  const StopCause cause = loop.run();
  info(rt.core(), "ending", kv("cause", to_string(cause.kind())), kv("error", cause.error().text()),
       kv("actors", rt.actors().size()), kv("tasks", rt.live_tasks()));
}

}  // namespace

int main(int count, char** words) {
  Flags flags;
  if (const auto code = parse(flags, count, words)) return *code;
  respd::ServerOptions& options = flags.server;

  Runtime rt{Clock::now()};
  rt.set_logger(flags.filter, log_to_stderr(flags.log));
  AsioLoop loop(rt);
  loop.stop_on_signals();
  auto listener = tcp_listen(loop, options.bind, options.port);
  if (!listener) {
    error(rt.core(), "cannot listen", kv("address", options.bind), kv("port", options.port),
          kv("why", listener.error().text()));
    return 1;
  }
  std::random_device random;
  options.store.seed = (std::uint64_t{random()} << 32) | random();
  options.port = listener->port();
  serve(rt, loop, std::move(*listener), options);
  rt.run(Clock::now());
  info(rt.core(), "ended", kv("calls", rt.items_run()), kv("actors", rt.actors().size()),
       kv("tasks", rt.live_tasks()), kv("live_rets", rt.live_rets()));
  return 0;
}
