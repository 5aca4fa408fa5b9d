// apps/respd/redis/command.hpp: what a command is: a row of the table, a function, and the call
// that the function works on.
//
// Private to the command layer: the server part needs store.hpp only.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "redis/store.hpp"

namespace respd {

struct Command;

/// One running command: its arguments, where it works, and where its answer goes.
struct Call {
  Store& store;
  Keyspace& keyspace;
  Client& client;
  Args args;
  troupe::Instant now;
  UnixMs now_ms;
  Reply reply;
  Outcome outcome = {};

  /// The entry of `key` in the client's database, or null.
  [[nodiscard]] Entry* find(std::string_view key) { return keyspace.find(client.db, key, now_ms); }
  /// The same for a command that reads: it counts as a hit or a miss.
  [[nodiscard]] Entry* look_up(std::string_view key) {
    Entry* const entry = find(key);
    store.count_lookup(entry != nullptr);
    return entry;
  }
  /// The entry of `key`, made when it is missing.
  std::pair<Entry*, bool> insert(std::string_view key) {
    return keyspace.insert(client.db, key, now_ms);
  }
};

using Handler = void (*)(Call&);

/// What COMMAND INFO tells about a command.
namespace flag {
inline constexpr std::uint16_t write = 1, readonly = 2, denyoom = 4, fast = 8, pubsub = 16,
                               noscript = 32, loading = 64, stale = 128, admin = 256, no_auth = 512,
                               blocking = 1024, when_subscribed = 2048;
}  // namespace flag

/// A row of the command table, or of the table of a command's subcommands.
struct Command {
  std::string_view name;  // in lower case, letters only; "command|subcommand" for a subcommand
  Handler handler;
  int arity;  // words of a request, the name included; when negative, at least so many
  std::uint16_t flags = 0;
  int first_key = 0;
  int last_key = 0;
  int key_step = 0;
  std::span<const Command> subcommands = {};
};

/// All commands, in alphabetical order.
[[nodiscard]] std::span<const Command> all_commands() noexcept;

/// Finds commands by name in any case.
class CommandIndex {
 public:
  CommandIndex();
  /// The command called `name`, or null.
  [[nodiscard]] const Command* find(std::string_view name) const noexcept;
  /// The one index over `all_commands`.
  [[nodiscard]] static const CommandIndex& shared();

 private:
  static constexpr std::size_t slots = 512;
  struct Key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
  struct Place {
    Key key;
    const Command* command = nullptr;
  };

  static Key pack(std::string_view name) noexcept;
  static std::size_t slot(const Key& key, std::size_t size) noexcept;

  std::array<Place, slots> places_{};
};

/// Whether two words are the same but for the case of ASCII letters. `lower` is in lower case.
[[nodiscard]] bool is_word(std::string_view word, std::string_view lower) noexcept;
/// `text` with its ASCII letters in lower or upper case.
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);

// Errors that many commands share.
inline constexpr std::string_view wrong_type =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view syntax_error = "ERR syntax error";
inline constexpr std::string_view not_an_integer = "ERR value is not an integer or out of range";
inline constexpr std::string_view not_a_float = "ERR value is not a valid float";
inline constexpr std::string_view no_such_key = "ERR no such key";

/// Answers "wrong number of arguments" for the command called `name`.
void wrong_arity(Call& call, std::string_view name);
/// The integer that `text` spells; otherwise answers `error` and gives nothing.
[[nodiscard]] std::optional<std::int64_t> integer_arg(Call& call, std::string_view text,
                                                      std::string_view error = not_an_integer);
/// The same for a range.
[[nodiscard]] std::optional<std::int64_t> integer_arg_in(Call& call, std::string_view text,
                                                         std::int64_t low, std::int64_t high,
                                                         std::string_view error);

/// The database that `text` names; otherwise answers an error and gives nothing. `no_number` is the
/// error for what is not an integer of 32 bits.
[[nodiscard]] std::optional<std::size_t> database_arg(Call& call, std::string_view text,
                                                      std::string_view no_number);

/// Whether the value is a string.
[[nodiscard]] inline bool is_string(const Value& value) noexcept { return value.index() <= 1; }
/// The bytes of a string value; a number is spelled into `scratch`.
[[nodiscard]] std::string_view string_bytes(const Value& value,
                                            std::optional<IntegerText>& scratch) noexcept;
/// Answers with a string value as a bulk string.
void reply_string(Call& call, const Value& value);
/// Makes the value a string of these bytes.
void assign_string(Value& value, std::string_view bytes);

/// The container of type `T` in an entry; answers WRONGTYPE and gives null when it holds something
/// else.
template <class T> [[nodiscard]] T* container(Call& call, Entry& entry) {
  if (auto* const held = std::get_if<std::unique_ptr<T>>(&entry.value.value)) return held->get();
  call.reply.error(wrong_type);
  return nullptr;
}

/// How a relative or absolute time is given.
enum class TimeUnit : std::uint8_t { seconds, milliseconds };

/// Reads the expiry time of SET EX and the like: `text` is positive, relative to now unless
/// `absolute`. Otherwise answers an error that names `command`.
[[nodiscard]] std::optional<UnixMs> expiry_arg(Call& call, std::string_view text, TimeUnit unit,
                                               bool absolute, std::string_view command);

}  // namespace respd
