// apps/respd/redis/command_table.cpp: a name is found by two words that hold all of it.
#include "redis/command_table.hpp"

#include <algorithm>
#include <cstring>

#include "redis/words.hpp"

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
CommandTable::Key CommandTable::pack(std::string_view name) noexcept {
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

std::size_t CommandTable::slot(const Key& key, std::size_t size) noexcept {
  const std::uint64_t mixed =
      (key.low ^ size) * 0x9e3779b97f4a7c15U ^ key.high * 0xd6e8feb86659fd93U;
  return static_cast<std::size_t>((mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9U >> 55);
}

CommandTable::CommandTable(std::initializer_list<std::span<const Command>> groups) {
  for (const auto group : groups) all_.insert(all_.end(), group.begin(), group.end());
  std::ranges::sort(all_, {}, &Command::name);
  for (const Command& command : all_) {
    const Key key = pack(command.name);
    std::size_t at = slot(key, command.name.size());
    while (places_[at].command != nullptr) at = (at + 1) % slots;
    places_[at] = {key, &command};
  }
}

const Command* CommandTable::find(std::string_view name) const noexcept {
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

const Command* CommandTable::find_full(std::string_view name) const noexcept {
  const std::size_t bar = name.find('|');
  if (bar == std::string_view::npos) return find(name);
  const Command* const command = find(name.substr(0, bar));
  return command == nullptr ? nullptr : find_subcommand(*command, name.substr(bar + 1));
}

const Command* CommandTable::find_subcommand(const Command& command,
                                             std::string_view name) noexcept {
  for (const Command& sub : command.subcommands) {
    if (is_word(name, sub.name.substr(command.name.size() + 1))) return &sub;
  }
  return nullptr;
}

}  // namespace respd
