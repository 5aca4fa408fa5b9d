// apps/respd/redis/command_table.hpp: finds commands by their names.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "redis/command.hpp"

namespace respd {

/// The commands of several groups in one table. Stays where it is.
class CommandTable {
 public:
  explicit CommandTable(std::initializer_list<std::span<const Command>> groups);
  CommandTable(const CommandTable&) = delete;
  CommandTable& operator=(const CommandTable&) = delete;

  /// All commands, in alphabetical order.
  [[nodiscard]] std::span<const Command> all() const noexcept { return all_; }
  /// The command called `name`, in any case, or null.
  [[nodiscard]] const Command* find(std::string_view name) const noexcept;
  /// The command, or with "command|subcommand" the subcommand, of this full name in any case, or
  /// null.
  [[nodiscard]] const Command* find_full(std::string_view name) const noexcept;
  /// The subcommand of `command` that is called `name` behind the bar, in any case, or null.
  [[nodiscard]] static const Command* find_subcommand(const Command& command,
                                                      std::string_view name) noexcept;

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

  std::vector<Command> all_;
  std::array<Place, slots> places_{};
};

}  // namespace respd
