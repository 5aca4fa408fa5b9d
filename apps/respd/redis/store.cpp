// apps/respd/redis/store.cpp: runs requests: finds the command, checks the call, keeps count.
#include "redis/store.hpp"

#include <algorithm>
#include <limits>

#include "redis/command.hpp"

namespace respd {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

std::string watch_name(std::size_t db, std::string_view key) {
  std::string name(1, static_cast<char>(db));
  return name.append(key);
}

// The parameters that clients ask for before they start work; the server part sets those that it
// has.
std::vector<std::pair<std::string, std::string>> default_config() {
  return {{"appendonly", "no"},
          {"appendfsync", "everysec"},
          {"bind", "127.0.0.1"},
          {"databases", "16"},
          {"maxclients", "10000"},
          {"maxmemory", "0"},
          {"save", ""},
          {"maxmemory-policy", "noeviction"},
          {"port", "6379"},
          {"protected-mode", "no"},
          {"proto-max-bulk-len", "536870912"},
          {"requirepass", ""},
          {"tcp-keepalive", "0"},
          {"timeout", "0"}};
}

void add_line(std::string& text, std::string_view field, std::string_view value) {
  text.append(field).append(":").append(value).append("\r\n");
}

void add_count(std::string& text, std::string_view field, std::uint64_t value) {
  add_line(text, field, std::to_string(value));
}

// What a request quotes in an error: as a C string of at most `most` bytes.
std::string_view quoted(std::string_view text, std::size_t most) {
  return text.substr(0, std::min(most, text.find('\0')));
}

void unknown_command(Call& call) {
  constexpr std::size_t preview = 128;
  std::string rest;
  for (const std::string_view word : call.args.subspan(1)) {
    if (rest.size() >= preview) break;
    const std::string_view shown = quoted(word, preview - rest.size());
    rest.append("'").append(shown).append("' ");
  }
  std::string text("ERR unknown command '");
  call.reply.error(text.append(quoted(call.args[0], preview))
                       .append("', with args beginning with: ")
                       .append(rest));
}

// A page of the web can make a browser send a request here whose body holds commands. It begins
// with one of these.
bool speaks_http(std::string_view word) { return is_word(word, "post") || is_word(word, "host:"); }

void unknown_subcommand(Call& call) {
  constexpr std::size_t preview = 128;
  std::string text("ERR unknown subcommand '");
  text.append(quoted(call.args[1], preview))
      .append("'. Try ")
      .append(upper_case(call.args[0]))
      .append(" HELP.");
  call.reply.error(text);
}

bool arity_ok(const Command& command, std::size_t words) {
  return command.arity >= 0 ? words == static_cast<std::size_t>(command.arity)
                            : words >= static_cast<std::size_t>(-command.arity);
}

const Command* find_subcommand(const Command& command, std::string_view name) {
  for (const Command& sub : command.subcommands) {
    if (is_word(name, sub.name.substr(command.name.size() + 1))) return &sub;
  }
  return nullptr;
}

// The command or subcommand that a request means; null after an error answer.
const Command* resolve(Call& call, const CommandIndex& index) {
  const Command* command = index.find(call.args[0]);
  if (command == nullptr) {
    if (speaks_http(call.args[0]))
      call.outcome.action = Action::abandon;
    else
      unknown_command(call);
    return nullptr;
  }
  if (!command->subcommands.empty() && call.args.size() > 1) {
    command = find_subcommand(*command, call.args[1]);
    if (command == nullptr) {
      unknown_subcommand(call);
      return nullptr;
    }
  }
  if (arity_ok(*command, call.args.size())) [[likely]]
    return command;
  wrong_arity(call, command->name);
  return nullptr;
}

// Whether the client may run the command in the state it is in; answers an error otherwise.
bool admitted(Call& call, const Command& command) {
  if (call.store.wants_login(call.client) && (command.flags & flag::no_auth) == 0) {
    call.reply.error("NOAUTH Authentication required.");
    return false;
  }
  if (call.client.held_to_subscriptions() && (command.flags & flag::when_subscribed) == 0) {
    std::string text("ERR Can't execute '");
    text.append(command.name);
    call.reply.error(text.append(
        "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
        "context"));
    return false;
  }
  return true;
}

}  // namespace

Store::Store(StoreOptions options)
    : options_(std::move(options)),
      index_(CommandIndex::shared()),
      keyspace_(options_.seed),
      random_(options_.seed),
      watches_(options_.seed),
      config_(default_config()) {
  set_config("proto-max-bulk-len", std::to_string(options_.max_value));
  set_config("requirepass", options_.password);
}

void Store::set_systime(troupe::Instant at, troupe::SystemTime systime) noexcept {
  anchor_ = at;
  anchor_unix_ns_ =
      std::chrono::duration_cast<std::chrono::nanoseconds>(systime.time_since_epoch()).count();
}

UnixMs Store::unix_ms(troupe::Instant now) const noexcept {
  return ((now - anchor_).count() + anchor_unix_ns_) / ns_per_ms;
}

std::int64_t Store::unix_us(troupe::Instant now) const noexcept {
  return ((now - anchor_).count() + anchor_unix_ns_) / 1000;
}

Outcome Store::execute(Client& client, Args args, troupe::Instant now, std::string& out) {
  client.last_command = now;
  const std::size_t answer = out.size();
  Call call{*this, keyspace_, client, args, now, unix_ms(now), Reply(out, client.protocol)};
  if (const Command* const command = resolve(call, index_);
      command != nullptr && admitted(call, *command)) [[likely]] {
    client.command = command->name;
    command->handler(call);
    ++commands_;
  }
  if (out.size() > answer && out[answer] == '-') ++errors_;
  return call.outcome;
}

std::optional<troupe::Instant> Store::next_expiry() const noexcept {
  const std::optional<UnixMs> when = keyspace_.next_expiry();
  if (!when) return std::nullopt;
  // The key exists to the end of its last millisecond. Beyond the end of Instant is never.
  std::int64_t ns = 0;
  if (__builtin_add_overflow(*when, 1, &ns) || __builtin_mul_overflow(ns, ns_per_ms, &ns) ||
      __builtin_sub_overflow(ns, anchor_unix_ns_, &ns) ||
      __builtin_add_overflow(ns, anchor_.time_since_epoch().count(), &ns)) {
    return troupe::Instant::max();
  }
  return troupe::Instant(troupe::Duration(ns));
}

std::size_t Store::expire_due(troupe::Instant now, std::size_t limit) noexcept {
  return keyspace_.expire_due(unix_ms(now), limit);
}

void Store::watch(std::size_t db, std::string_view key) {
  ++watches_.insert(watch_name(db, key)).first->value;
}

void Store::unwatch(std::size_t db, std::string_view key) noexcept {
  auto* const node = watches_.find(watch_name(db, key));
  if (node != nullptr && --node->value == 0) watches_.erase(node);
}

std::optional<std::pair<std::size_t, std::string>> Store::next_ready() {
  if (ready_at_ == ready_.size()) {
    ready_.clear();
    ready_at_ = 0;
    return std::nullopt;
  }
  return std::move(ready_[ready_at_++]);
}

void Store::tell_watched(std::size_t db, std::string_view key) {
  if (watches_.find(watch_name(db, key)) != nullptr) ready_.emplace_back(db, key);
}

void Store::databases_swapped(std::size_t a, std::size_t b, UnixMs now) {
  watches_.for_each([&](Table<std::size_t>::Node& node) {
    const auto db = static_cast<std::size_t>(node.key()[0]);
    const std::string_view key = node.key().substr(1);
    if (db != a && db != b) return;
    Entry* const entry = keyspace_.find(db, key, now);
    if (entry != nullptr && std::holds_alternative<std::unique_ptr<List>>(entry->value.value)) {
      ready_.emplace_back(db, key);
    }
  });
}

void Store::set_config(std::string_view name, std::string_view value) {
  for (auto& [known, held] : config_) {
    if (known == name) return void(held.assign(value));
  }
  config_.emplace_back(name, value);
}

std::string Store::info(Args sections, troupe::Instant now) const {
  struct Section {
    std::string_view name;
    void (Store::*add)(std::string&, troupe::Instant) const;
  };
  constexpr Section all[] = {{"server", &Store::add_server},
                             {"clients", &Store::add_clients},
                             {"stats", &Store::add_stats},
                             {"keyspace", &Store::add_keyspace}};
  std::string text;
  for (const Section& section : all) {
    const bool wanted =
        sections.empty() || std::ranges::any_of(sections, [&section](std::string_view word) {
          return is_word(word, section.name) || is_word(word, "all") || is_word(word, "default") ||
                 is_word(word, "everything");
        });
    if (!wanted) continue;
    if (!text.empty()) text += "\r\n";
    (this->*section.add)(text, now);
  }
  return text;
}

void Store::add_server(std::string& text, troupe::Instant now) const {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(now - figures_.started).count();
  text += "# Server\r\n";
  add_line(text, "redis_version", options_.version);
  add_line(text, "redis_mode", "standalone");
  add_line(text, "server_name", "respd");
  add_count(text, "arch_bits", sizeof(void*) * 8);
  add_count(text, "tcp_port", figures_.port);
  add_count(text, "uptime_in_seconds", static_cast<std::uint64_t>(up));
  add_count(text, "uptime_in_days", static_cast<std::uint64_t>(up / 86400));
}

void Store::add_clients(std::string& text, troupe::Instant) const {
  text += "# Clients\r\n";
  add_count(text, "connected_clients", figures_.clients);
  add_count(text, "maxclients", figures_.max_clients);
  add_count(text, "blocked_clients", figures_.blocked_clients);
}

void Store::add_stats(std::string& text, troupe::Instant) const {
  text += "# Stats\r\n";
  add_count(text, "total_connections_received", figures_.connections);
  add_count(text, "total_commands_processed", commands_);
  add_count(text, "expired_keys", keyspace_.expired());
  add_count(text, "keyspace_hits", hits_);
  add_count(text, "keyspace_misses", misses_);
  add_count(text, "pubsub_channels", figures_.channels);
  add_count(text, "pubsub_patterns", figures_.patterns);
  add_count(text, "total_error_replies", errors_);
}

void Store::add_keyspace(std::string& text, troupe::Instant) const {
  text += "# Keyspace\r\n";
  for (std::size_t db = 0; db < Keyspace::databases; ++db) {
    if (keyspace_.size(db) == 0) continue;
    add_line(text, "db" + std::to_string(db),
             "keys=" + std::to_string(keyspace_.size(db)) +
                 ",expires=" + std::to_string(keyspace_.expiring(db)) + ",avg_ttl=0");
  }
}

}  // namespace respd
