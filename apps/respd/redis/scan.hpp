// apps/respd/redis/scan.hpp: what SCAN, HSCAN and SSCAN share: cursors, options, the walk.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
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

/// Reads a scan cursor; answers an error otherwise.
[[nodiscard]] std::optional<std::uint64_t> cursor_arg(Call& call, std::string_view text);
/// Reads the options from `at` on; TYPE only where `typed`. Answers an error otherwise.
[[nodiscard]] std::optional<ScanOptions> scan_options(Call& call, std::size_t at, bool typed);
/// Begins the answer to a scan: the next cursor and the head of the array of `count` elements.
void reply_scan(Call& call, std::uint64_t cursor, std::size_t count);

/// Visits about `count` elements of a table from `cursor` on; returns the cursor to go on with.
/// Buckets that are empty count a tenth, so that a walk over a table with few elements left stays
/// short.
template <class T, class Visit>
std::uint64_t scan_table(T& table, std::uint64_t cursor, std::uint64_t count, Visit visit) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 10;
  std::uint64_t seen = 0;
  std::uint64_t steps = count < most ? count * 10 : most;
  do {
    cursor = table.scan(cursor, [&](auto& node) {
      ++seen;
      visit(node);
    });
  } while (cursor != 0 && --steps != 0 && seen < count);
  return cursor;
}

}  // namespace respd
