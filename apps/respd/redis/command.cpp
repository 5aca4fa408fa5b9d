// apps/respd/redis/command.cpp: finds commands, checks calls, and holds what many commands share.
#include "redis/command.hpp"

#include <algorithm>
#include <cstring>

namespace respd {

namespace {

// ASCII letters in lower case; no other byte that a command name holds changes. Names are letters
// only, and no byte but a letter turns into a letter this way.
constexpr std::uint64_t lower_bits = 0x2020202020202020U;
constexpr std::size_t longest_name = 16;

std::uint64_t load(const char* at, std::size_t size) noexcept {
  std::uint64_t word = 0;
  if (size == 8)
    std::memcpy(&word, at, 8);
  else if (size == 4)
    std::memcpy(&word, at, 4);
  return word;
}

}  // namespace

// Two words that hold all bytes of a name of up to 16 bytes. Together with the size they stand for
// the name.
CommandIndex::Key CommandIndex::pack(std::string_view name) noexcept {
  const char* const at = name.data();
  const std::size_t size = name.size();
  Key key;
  if (size >= 8) {
    key = {load(at, 8), load(at + size - 8, 8)};
  } else if (size >= 4) {
    key = {load(at, 4), load(at + size - 4, 4)};
  } else if (size != 0) {
    const auto byte = [at](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(at[i])};
    };
    key = {byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16, 0};
  }
  return {key.low | lower_bits, key.high | lower_bits};
}

std::size_t CommandIndex::slot(const Key& key, std::size_t size) noexcept {
  const std::uint64_t mixed =
      (key.low ^ size) * 0x9e3779b97f4a7c15U ^ key.high * 0xd6e8feb86659fd93U;
  return static_cast<std::size_t>((mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9U >> 55);
}

CommandIndex::CommandIndex() {
  for (const Command& command : all_commands()) {
    const Key key = pack(command.name);
    std::size_t at = slot(key, command.name.size());
    while (places_[at].command != nullptr) at = (at + 1) % slots;
    places_[at] = {key, &command};
  }
}

const Command* CommandIndex::find(std::string_view name) const noexcept {
  if (name.size() > longest_name) return nullptr;
  const Key key = pack(name);
  for (std::size_t at = slot(key, name.size()); places_[at].command != nullptr;
       at = (at + 1) % slots) {
    const Place& place = places_[at];
    if (place.key.low == key.low && place.key.high == key.high &&
        place.command->name.size() == name.size()) {
      return place.command;
    }
  }
  return nullptr;
}

const CommandIndex& CommandIndex::shared() {
  static const CommandIndex index;
  return index;
}

bool is_word(std::string_view word, std::string_view lower) noexcept {
  if (word.size() != lower.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] | 0x20) : word[i];
    if (c != lower[i]) return false;
  }
  return true;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return out;
}

void wrong_arity(Call& call, std::string_view name) {
  std::string text("ERR wrong number of arguments for '");
  call.reply.error(text.append(name).append("' command"));
}

std::optional<std::int64_t> integer_arg(Call& call, std::string_view text, std::string_view error) {
  const auto value = parse_integer(text);
  if (!value) call.reply.error(error);
  return value;
}

std::optional<std::int64_t> integer_arg_in(Call& call, std::string_view text, std::int64_t low,
                                           std::int64_t high, std::string_view error) {
  const auto value = parse_integer(text);
  if (value && *value >= low && *value <= high) return value;
  call.reply.error(error);
  return std::nullopt;
}

std::optional<std::size_t> database_arg(Call& call, std::string_view text,
                                        std::string_view no_number) {
  constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
  const auto db = integer_arg_in(call, text, low, high, no_number);
  if (!db) return std::nullopt;
  if (*db >= 0 && static_cast<std::size_t>(*db) < Keyspace::databases)
    return static_cast<std::size_t>(*db);
  call.reply.error("ERR DB index is out of range");
  return std::nullopt;
}

std::string_view string_bytes(const Value& value, std::optional<IntegerText>& scratch) noexcept {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  return scratch.emplace(*std::get_if<std::int64_t>(&value)).view();
}

void reply_string(Call& call, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) [[likely]]
    call.reply.bulk(*text);
  else
    call.reply.bulk_integer(*std::get_if<std::int64_t>(&value));
}

void assign_string(Value& value, std::string_view bytes) {
  // A short string does not go on holding the memory of a long one that it replaces.
  constexpr std::size_t wasteful = 1024;
  auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr)
    value.emplace<std::string>(bytes);
  else if (text->capacity() > wasteful && text->capacity() / 2 > bytes.size())
    std::string(bytes).swap(*text);
  else
    text->assign(bytes);
}

std::optional<UnixMs> expiry_arg(Call& call, std::string_view text, TimeUnit unit, bool absolute,
                                 std::string_view command) {
  const auto given = integer_arg(call, text);
  if (!given) return std::nullopt;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t scale = unit == TimeUnit::seconds ? 1000 : 1;
  const std::int64_t base = absolute ? 0 : call.now_ms;
  if (*given <= 0 || *given > most / scale || *given * scale > most - base) {
    call.reply.error(
        std::string("ERR invalid expire time in '").append(command).append("' command"));
    return std::nullopt;
  }
  return std::min(*given * scale + base, Slot::never - 1);
}

}  // namespace respd
