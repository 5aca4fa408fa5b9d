// apps/respd/redis/store.hpp: runs commands on the data. The one thing that the server part needs
// besides the parser.
//
// A command runs to its end when it is called and appends its answer. What takes the server's
// knowledge of the other connections (publish and subscribe, the list of clients, waiting) is
// checked here and handed back as an `Action`.
#pragma once
#include <troupe/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/args.hpp"
#include "redis/client.hpp"
#include "redis/keyspace.hpp"
#include "redis/reply.hpp"
#include "redis/table.hpp"

namespace respd {

class CommandIndex;

/// What is left to do after `Store::execute`.
enum class Action : std::uint8_t {
  replied,    ///< nothing: the answer is written
  quit,       ///< the answer is written: send it and close
  abandon,    ///< the client is a browser that was tricked into this: close, and send nothing more
  reset,      ///< the answer is written: drop all subscriptions, silently
  subscribe,  ///< args[1..]: channels; the server answers each with `write_subscription`
  unsubscribe,   ///< args[1..]: channels, none for all
  psubscribe,    ///< args[1..]: patterns
  punsubscribe,  ///< args[1..]: patterns, none for all
  publish,       ///< args[1] to args[2]: the server answers with the number of receivers
  channels,      ///< PUBSUB CHANNELS [args[2]]: an array of the channels that have subscribers (and
                 ///< match)
  numsub,        ///< PUBSUB NUMSUB args[2..]: an array (a map in RESP3) of channel and number of
                 ///< subscribers
  numpat,        ///< PUBSUB NUMPAT: the number of patterns
  client_list,   ///< CLIENT LIST: the lines of `describe`, as `Reply::verbatim`
  wait,  ///< BLPOP and the like found nothing: wait for one of the keys (`Outcome::keys`) or the
         ///< time limit
};

/// What a command came to.
struct Outcome {
  Action action = Action::replied;
  /// With `wait`: which of the args are the keys to wait for.
  Args keys = {};
  /// With `wait`: how long; zero for without end. When it is over, the answer is
  /// `Reply::null_array`.
  troupe::Duration limit{};
};

/// What INFO tells and only the server knows. The server keeps it up to date.
struct ServerFigures {
  troupe::Instant started{};
  std::uint16_t port = 0;
  std::size_t clients = 0;
  std::size_t blocked_clients = 0;
  std::size_t max_clients = 0;
  std::uint64_t connections = 0;
  std::size_t channels = 0;
  std::size_t patterns = 0;
};

/// How a store is set up.
struct StoreOptions {
  /// Goes into the hash of every key and into random choices. Take it from a random source where
  /// clients are not trusted.
  std::uint64_t seed = 0;
  /// When not empty, clients must log in with it first.
  std::string password = {};
  /// The Redis version that clients are told; they decide by it what they may use.
  std::string version = "7.0.15";
  /// Bytes of the longest string value.
  std::size_t max_value = std::size_t{512} * 1024 * 1024;
};

/// The data and the commands on it. One owner, one thread; time is an argument.
class Store {
 public:
  explicit Store(StoreOptions options = {});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Says that the wall clock showed `systime` at `at`. Expiry times are wall-clock times and are
  /// compared with `now` through this; the server repeats it now and then, in case the wall clock
  /// is set.
  void set_systime(troupe::Instant at, troupe::SystemTime systime) noexcept;

  /// Runs one request of `client` at `now` and appends the answer to `out`, or leaves the answer to
  /// the caller as the outcome says. `args` is not empty. Cost: the command's; GET and SET take
  /// some tens of nanoseconds.
  Outcome execute(Client& client, Args args, troupe::Instant now, std::string& out);

  /// Whether the client has to log in before it may do anything else. As long as this holds, the
  /// session keeps its parser to `Parser::hold_to_login`.
  [[nodiscard]] bool wants_login(const Client& client) const noexcept {
    return !client.authenticated && !options_.password.empty();
  }

  /// When the next key expires, if any does: call `expire_due` then. O(1).
  [[nodiscard]] std::optional<troupe::Instant> next_expiry() const noexcept;
  /// Removes up to `limit` keys whose time is over at `now`; returns how many. Less than `limit`:
  /// there are no more.
  std::size_t expire_due(troupe::Instant now, std::size_t limit) noexcept;

  /// Asks for `key` to be told by `next_ready` when it becomes a list. Each watch is ended by one
  /// `unwatch`.
  void watch(std::size_t db, std::string_view key);
  void unwatch(std::size_t db, std::string_view key) noexcept;
  /// The next watched key that has become a list since it was told last: database and name. After
  /// each `execute` the server takes these until there are none, and runs the commands that wait
  /// for it again, oldest first and with no other key, until one of them has to wait on.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::string>> next_ready();
  /// Whether there is one.
  [[nodiscard]] bool has_ready() const noexcept { return !ready_.empty(); }

  /// Sets a parameter that CONFIG GET shows.
  void set_config(std::string_view name, std::string_view value);
  /// What the server tells for INFO.
  [[nodiscard]] ServerFigures& figures() noexcept { return figures_; }

  // What commands use.

  [[nodiscard]] Keyspace& keyspace() noexcept { return keyspace_; }
  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& config() const noexcept {
    return config_;
  }
  [[nodiscard]] Random& random() noexcept { return random_; }
  /// The wall clock at `now`.
  [[nodiscard]] UnixMs unix_ms(troupe::Instant now) const noexcept;
  /// The same in microseconds.
  [[nodiscard]] std::int64_t unix_us(troupe::Instant now) const noexcept;
  /// The text of INFO for these sections.
  [[nodiscard]] std::string info(Args sections, troupe::Instant now) const;
  /// Counts a lookup for INFO.
  void count_lookup(bool found) noexcept { ++(found ? hits_ : misses_); }
  void reset_counts() noexcept {
    hits_ = misses_ = commands_ = errors_ = figures_.connections = 0;
    keyspace_.reset_expired();
  }
  /// Says that `key` has become a list.
  void list_made(std::size_t db, std::string_view key) {
    if (!watches_.empty()) [[unlikely]]
      tell_watched(db, key);
  }
  /// Says that two databases have changed places.
  void databases_swapped(std::size_t a, std::size_t b, UnixMs now);

 private:
  void tell_watched(std::size_t db, std::string_view key);
  // The sections of INFO.
  void add_server(std::string& text, troupe::Instant now) const;
  void add_clients(std::string& text, troupe::Instant now) const;
  void add_stats(std::string& text, troupe::Instant now) const;
  void add_keyspace(std::string& text, troupe::Instant now) const;

  StoreOptions options_;
  const CommandIndex& index_;
  Keyspace keyspace_;
  Random random_;
  troupe::Instant anchor_{};
  std::int64_t anchor_unix_ns_ = 0;
  Table<std::size_t> watches_;  // database and key, to how many wait for it
  std::vector<std::pair<std::size_t, std::string>> ready_;
  std::size_t ready_at_ = 0;
  std::vector<std::pair<std::string, std::string>> config_;
  ServerFigures figures_;
  std::uint64_t commands_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::uint64_t errors_ = 0;
};

}  // namespace respd
