// apps/respd/server/flags.hpp: the program's command line.
#pragma once
#include <chrono>
#include <expected>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>

#include "server/options.hpp"

namespace respd {

/// What the program exits with; `--help` tells them.
namespace exit_code {
inline constexpr int asked_to_end = 0;  ///< by a signal; also behind the help
inline constexpr int cannot_begin =
    1;  ///< the address is taken, or is none; or there are no descriptors
inline constexpr int wrong_usage = 2;  ///< a wrong flag or value
inline constexpr int failed = 3;       ///< an error ended it while it served; the log says which
}  // namespace exit_code

/// How long clients have to take their answers behind a signal.
inline constexpr troupe::Duration drain_limit = std::chrono::seconds(5);

/// What the command line says, with the defaults of a server on a machine of its own.
struct Flags {
  Flags() {
    server.port = 6379;
    server.client.parser.max_request = std::size_t{512} * 1024 * 1024;
  }

  ServerOptions server;
  std::size_t runtimes = 1;                               ///< each on a thread of its own
  troupe::Duration spin = std::chrono::microseconds(20);  ///< see `AsioLoop::set_spin`
  troupe::LogFormat log = troupe::LogFormat::text;
  troupe::LogFilter filter = troupe::LogLevel::info;
};

/// Reads the words of the command line: `--flag value` or `--flag=value`, each flag any number of
/// times, of which the last counts. Prints what `--help` asks for to standard output, and what is
/// wrong to standard error.
/// @returns the flags, or the `exit_code`: `asked_to_end` behind the help, or `wrong_usage`
[[nodiscard]] std::expected<Flags, int> parse_flags(int count, const char* const* words);

}  // namespace respd
