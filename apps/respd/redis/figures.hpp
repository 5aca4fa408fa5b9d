// apps/respd/redis/figures.hpp: what is counted for INFO.
#pragma once
#include <troupe/base/time.hpp>

#include <cstddef>
#include <cstdint>

namespace respd {

/// Counts of a server. Commands keep those of the data, the server those that only it knows.
struct Figures {
  // of commands
  std::uint64_t commands = 0;
  std::uint64_t errors = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  // of the server
  troupe::Instant started{};
  std::uint16_t port = 0;
  std::size_t clients = 0;
  std::size_t blocked_clients = 0;
  std::size_t max_clients = 0;
  std::uint64_t connections = 0;
  std::size_t channels = 0;
  std::size_t patterns = 0;

  /// Adds those of another store of the same server: what is counted, not what is set.
  void add(const Figures& other) noexcept {
    commands += other.commands;
    errors += other.errors;
    hits += other.hits;
    misses += other.misses;
    clients += other.clients;
    blocked_clients += other.blocked_clients;
    connections += other.connections;
    channels += other.channels;
    patterns += other.patterns;
  }
  /// Forgets what has happened so far, and keeps what is.
  void reset() noexcept { commands = errors = hits = misses = connections = 0; }
};

}  // namespace respd
