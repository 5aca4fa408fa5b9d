// apps/respd/redis/info.cpp: the sections of INFO.
#include "redis/info.hpp"

#include <algorithm>
#include <cstdio>

#include "redis/memory.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

void add_line(std::string& text, std::string_view field, std::string_view value) {
  text.append(field).append(":").append(value).append("\r\n");
}

void add_count(std::string& text, std::string_view field, std::uint64_t value) {
  add_line(text, field, std::to_string(value));
}

void add_server(std::string& text, const Store& store, const InfoFigures& info,
                troupe::Instant now) {
  const auto up =
      std::chrono::duration_cast<std::chrono::seconds>(now - info.figures.started).count();
  text += "# Server\r\n";
  add_line(text, "redis_version", store.options.version);
  add_line(text, "redis_mode", "standalone");
  add_line(text, "server_name", "respd");
  add_count(text, "arch_bits", sizeof(void*) * 8);
  add_count(text, "tcp_port", info.figures.port);
  add_count(text, "uptime_in_seconds", static_cast<std::uint64_t>(up));
  add_count(text, "uptime_in_days", static_cast<std::uint64_t>(up / 86400));
}

void add_clients(std::string& text, const Store&, const InfoFigures& info, troupe::Instant) {
  text += "# Clients\r\n";
  add_count(text, "connected_clients", info.figures.clients);
  add_count(text, "maxclients", info.figures.max_clients);
  add_count(text, "blocked_clients", info.figures.blocked_clients);
}

// As people read it: "1.50M".
std::string for_people(std::uint64_t bytes) {
  constexpr std::string_view units = "BKMGTP";
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  char text[32];
  const int length =
      std::snprintf(text, sizeof(text), unit == 0 ? "%.0f%c" : "%.2f%c", size, units[unit]);
  return {text, static_cast<std::size_t>(length)};
}

void add_memory(std::string& text, const Store&, const InfoFigures& info, troupe::Instant) {
  const auto used = static_cast<std::uint64_t>(std::max<std::int64_t>(info.memory, 0));
  const std::uint64_t resident = resident_memory();
  text += "# Memory\r\n";
  const auto add_both = [&text](std::string_view field, std::uint64_t bytes) {
    add_count(text, field, bytes);
    add_line(text, std::string(field).append("_human"), for_people(bytes));
  };
  add_both("used_memory", used);
  add_both("used_memory_rss", resident);
  add_both("used_memory_peak",
           static_cast<std::uint64_t>(std::max<std::int64_t>(info.peak_memory, 0)));
  add_both("maxmemory", 0);
  add_line(text, "maxmemory_policy", "noeviction");
  char ratio[32];
  const double per_byte = used == 0 ? 0 : static_cast<double>(resident) / static_cast<double>(used);
  std::snprintf(ratio, sizeof(ratio), "%.2f", per_byte);
  add_line(text, "mem_fragmentation_ratio", ratio);
  add_line(text, "mem_allocator", allocator_name());
  add_count(text, "lazyfree_pending_objects", info.unfreed);
}

void add_stats(std::string& text, const Store&, const InfoFigures& info, troupe::Instant) {
  const Figures& figures = info.figures;
  text += "# Stats\r\n";
  add_count(text, "total_connections_received", figures.connections);
  add_count(text, "total_commands_processed", figures.commands);
  add_count(text, "expired_keys", info.expired);
  add_count(text, "keyspace_hits", figures.hits);
  add_count(text, "keyspace_misses", figures.misses);
  add_count(text, "pubsub_channels", figures.channels);
  add_count(text, "pubsub_patterns", figures.patterns);
  add_count(text, "total_error_replies", figures.errors);
}

void add_keyspace(std::string& text, const Store&, const InfoFigures& info, troupe::Instant) {
  text += "# Keyspace\r\n";
  for (std::size_t db = 0; db < Keyspace::databases; ++db) {
    if (info.keys[db] == 0) continue;
    add_line(text, "db" + std::to_string(db),
             "keys=" + std::to_string(info.keys[db]) +
                 ",expires=" + std::to_string(info.expiring[db]) + ",avg_ttl=0");
  }
}

}  // namespace

void InfoFigures::add(const InfoFigures& other) noexcept {
  figures.add(other.figures);
  for (std::size_t db = 0; db < Keyspace::databases; ++db) {
    keys[db] += other.keys[db];
    expiring[db] += other.expiring[db];
  }
  expired += other.expired;
  unfreed += other.unfreed;
  memory += other.memory;
  peak_memory += other.peak_memory;
}

InfoFigures info_figures(const Store& store) {
  InfoFigures info;
  info.figures = store.figures;
  for (std::size_t db = 0; db < Keyspace::databases; ++db) {
    info.keys[db] = store.keyspace.size(db);
    info.expiring[db] = store.keyspace.expiring(db);
  }
  info.expired = store.keyspace.expired();
  info.unfreed = store.keyspace.remains.elements();
  info.memory = memory_in_use.bytes;
  info.peak_memory = std::max(memory_in_use.peak, memory_in_use.high);
  return info;
}

std::string info_text(const Store& store, const InfoFigures& figures, Args sections,
                      troupe::Instant now) {
  struct Section {
    std::string_view name;
    void (*add)(std::string&, const Store&, const InfoFigures&, troupe::Instant);
  };
  constexpr Section all[] = {{"server", add_server},
                             {"clients", add_clients},
                             {"memory", add_memory},
                             {"stats", add_stats},
                             {"keyspace", add_keyspace}};
  std::string text;
  for (const Section& section : all) {
    const bool wanted =
        sections.empty() || std::ranges::any_of(sections, [&section](std::string_view word) {
          return is_word(word, section.name) || is_word(word, "all") || is_word(word, "default") ||
                 is_word(word, "everything");
        });
    if (!wanted) continue;
    if (!text.empty()) text += "\r\n";
    section.add(text, store, figures, now);
  }
  return text;
}

}  // namespace respd
