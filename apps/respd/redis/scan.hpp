// apps/respd/redis/scan.hpp: what SCAN, HSCAN and SSCAN share: cursors and options.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "redis/command.hpp"
#include "redis/glob.hpp"

namespace respd {

/// The options of SCAN, HSCAN and SSCAN.
struct ScanOptions {
  std::uint64_t count = 10;
  bool all = true;  // no pattern, or one that matches everything
  std::string_view pattern = {};
  std::string_view type = {};  // SCAN only; empty for any

  [[nodiscard]] bool matches(std::string_view name) const noexcept {
    return all || glob_match(pattern, name);
  }
};

/// The scan cursor that `text` spells, if it does.
[[nodiscard]] std::optional<std::uint64_t> parse_cursor(std::string_view text) noexcept;
/// Reads a scan cursor; answers an error otherwise.
[[nodiscard]] std::optional<std::uint64_t> cursor_arg(Call& call, std::string_view text);
/// Reads the options from `at` on; TYPE only where `typed`. Answers an error otherwise.
[[nodiscard]] std::optional<ScanOptions> scan_options(Call& call, std::size_t at, bool typed);
/// Begins the answer to a scan: the next cursor and the head of the array of `count` elements.
void reply_scan(Call& call, std::uint64_t cursor, std::size_t count);

}  // namespace respd
