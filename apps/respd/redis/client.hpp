// apps/respd/redis/client.hpp: what the server remembers about one connection between its commands.
#pragma once
#include <troupe/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace respd {

/// The state of one connection that commands read and change. The session owns it; it may be moved
/// between commands.
struct Client {
  std::uint64_t id = 0;
  std::string address;        ///< "127.0.0.1:50000", for CLIENT LIST
  std::string local_address;  ///< likewise
  std::string name;           ///< CLIENT SETNAME
  std::string library;        ///< CLIENT SETINFO lib-name
  std::string library_version;
  troupe::Instant connected{};
  troupe::Instant last_command{};
  /// The name of the command that ran last, with "|subcommand"; a view into the command table,
  /// which lives for ever.
  std::string_view command = "NULL";
  std::uint8_t db = 0;
  std::uint8_t protocol = 2;
  bool authenticated = false;
  bool waiting = false;  ///< in BLPOP or the like; the server keeps this
  /// How many channels and patterns the client is subscribed to. `Others` keeps these.
  std::size_t channels = 0;
  std::size_t patterns = 0;

  [[nodiscard]] std::size_t subscriptions() const noexcept { return channels + patterns; }

  /// A subscribed RESP2 client may run few commands: it could not tell other answers from messages.
  [[nodiscard]] bool held_to_subscriptions() const noexcept {
    return protocol == 2 && subscriptions() != 0;
  }
};

/// The client's line of CLIENT LIST and CLIENT INFO, without a line end.
[[nodiscard]] std::string describe(const Client& client, troupe::Instant now);

}  // namespace respd
