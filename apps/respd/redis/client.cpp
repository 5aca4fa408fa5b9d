// apps/respd/redis/client.cpp: a client's line in lists of clients.
#include "redis/client.hpp"

#include <chrono>

namespace respd {

std::string describe(const Client& client, troupe::Instant now) {
  const auto seconds = [now](troupe::Instant then) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
  };
  std::string text = "id=" + std::to_string(client.id);
  text += " addr=" + client.address + " laddr=" + client.local_address + " name=" + client.name;
  text += " age=" + seconds(client.connected) + " idle=" + seconds(client.last_command);
  std::string flags;
  if (client.subscriptions() != 0) flags += 'P';
  if (client.waiting) flags += 'b';
  text += " flags=" + (flags.empty() ? "N" : flags);
  text += " db=" + std::to_string(client.db) + " sub=" + std::to_string(client.channels);
  text +=
      " psub=" + std::to_string(client.patterns) + " multi=-1 cmd=" + std::string(client.command);
  text += " user=default resp=" + std::to_string(client.protocol);
  return text + " lib-name=" + client.library + " lib-ver=" + client.library_version;
}

}  // namespace respd
