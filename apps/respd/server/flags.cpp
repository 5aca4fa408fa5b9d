// apps/respd/server/flags.cpp: the flags, what they may be, and the text of --help.
#include "server/flags.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>

namespace respd {

using namespace troupe;

namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 40;
constexpr std::uint64_t longest_spin = 1'000'000;      // microseconds
constexpr std::uint64_t longest_idle = 1'000'000'000;  // seconds

// A whole number in digits and nothing else: CLI11 by itself would read "010" as 8 and "0x10"
// as 16.
class Number : public CLI::Validator {
 public:
  Number(std::uint64_t least, std::uint64_t most) : Validator("") {
    func_ = [least, most](std::string& text) {
      std::uint64_t n = 0;
      const char* const end = text.data() + text.size();
      const auto [at, error] = std::from_chars(text.data(), end, n);
      if (error == std::errc{} && at == end && n >= least && n <= most) {
        text = std::to_string(n);
        return std::string();
      }
      return "'" + text + "' is not a whole number from " + std::to_string(least) + " to " +
             std::to_string(most);
    };
  }
};

void add_server_flags(CLI::App& app, ServerOptions& server) {
  app.add_option("--port", server.port, "TCP port; 0: the system chooses, the log says which")
      ->transform(Number(0, 65535))
      ->option_text("N (6379)");
  app.add_option("--bind", server.bind, "numeric address to listen on")
      ->option_text("ADDRESS (127.0.0.1)");
  app.add_option("--password", server.store.password, "clients must AUTH with it first")
      ->option_text("TEXT (none)");
  app.add_option(
         "--max-clients", server.max_clients,
         "clients at once; fewer where the limit of descriptors (ulimit -n) does not allow\n"
         "for so many and 32 more")
      ->transform(Number(1, any_size))
      ->option_text("N (10000)");
  app.add_option("--max-request", server.client.parser.max_request, "bytes of one request, as sent")
      ->transform(Number(64, any_size))
      ->option_text("BYTES (536870912)");
  app.add_option(
         "--max-output", server.client.max_output,
         "bytes that may wait for one client: behind so many of answers (524288 at most) its\n"
         "next request waits; a subscriber that has more messages waiting is cut off")
      ->transform(Number(1024, any_size))
      ->option_text("BYTES (33554432)");
  app.add_option(
         "--max-answer", server.store.max_answer,
         "bytes of one answer, which may wait on top of those; an error replaces a larger one")
      ->transform(Number(1024, any_size))
      ->option_text("BYTES (536870912)");
  app.add_option(
         "--max-before-login", server.client.max_before_login,
         "bytes of requests that wait of a client that has not logged in; it is closed then")
      ->transform(Number(1024, any_size))
      ->option_text("BYTES (1048576)");
  app.add_option_function<std::uint64_t>(
         "--idle",
         [&server](std::uint64_t seconds) { server.client.idle = std::chrono::seconds(seconds); },
         "a client that sends nothing, waits for nothing (a key, messages) and takes nothing of\n"
         "what it is sent for so long is closed; 0: never")
      ->transform(Number(0, longest_idle))
      ->option_text("SECONDS (0)");
}

void add_loop_flags(CLI::App& app, Flags& flags) {
  app.add_option(
         "--runtimes", flags.runtimes,
         "runtimes, each on a thread of its own with a part of the connections and of the keys;\n"
         "with several, commands that write several keys want them in one part (README.md)")
      ->transform(Number(1, most_runtimes))
      ->option_text("N (1)");
  app.add_option_function<std::uint64_t>(
         "--spin", [&flags](std::uint64_t count) { flags.spin = std::chrono::microseconds(count); },
         "how long it looks for the next request before it sleeps, while that pays; 0: not at\n"
         "all, for a machine whose processors have other work")
      ->transform(Number(0, longest_spin))
      ->option_text("MICROSECONDS (20)");
}

void add_log_flags(CLI::App& app, Flags& flags) {
  app.add_option_function<std::string>(
         "--log",
         [&flags](const std::string& format) {
           flags.log = format == "json" ? LogFormat::json : LogFormat::text;
         },
         "text or json, to standard error")
      ->check(CLI::IsMember({"text", "json"}))
      ->option_text("FORMAT (text)");
  app.add_option_function<std::string>(
         "--log-level",
         [&flags](const std::string& level) { flags.filter = *LogFilter::parse(level); },
         "trace, debug, info, warn, error or off")
      ->check([](const std::string& level) {
        return LogFilter::parse(level) ? std::string() : "'" + level + "' is no level of the log";
      })
      ->option_text("LEVEL (info)");
}

}  // namespace

std::expected<Flags, int> parse_flags(int count, const char* const* words) {
  Flags flags;
  CLI::App app("respd: a Redis-protocol server made of Troupe actors and coroutines", "respd");
  app.set_help_flag("--help", "this text");
  app.footer(
      "Exits with 0 when a signal ended it, 1 when it cannot begin (the address is taken), 2 for\n"
      "wrong flags, 3 when an error ended it (memory ran out); the log says which.");
  app.option_defaults()->take_last();
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return "respd: " + std::string(error.what()) + " (--help tells)\n";
  });
  add_server_flags(app, flags.server);
  add_loop_flags(app, flags);
  add_log_flags(app, flags);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error) == 0 ? exit_code::asked_to_end : exit_code::wrong_usage);
  }
  return flags;
}

}  // namespace respd
