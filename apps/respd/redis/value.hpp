// apps/respd/redis/value.hpp: what a key may hold.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "redis/table.hpp"

namespace respd {

/// A list of strings, cheap at both ends.
using List = std::deque<std::string>;
/// Fields and their values.
using Hash = Table<std::string>;
/// Nothing: what a set's member maps to.
struct Nothing {};
/// Members without an order.
using Set = Table<Nothing>;

/// Members with scores: by name through a table, in order through a tree that points into the
/// table.
struct SortedSet {
  explicit SortedSet(std::uint64_t seed) noexcept : members(seed) {}
  Table<double> members;
  std::set<std::pair<double, std::string_view>> order;
};

/// The value of a key. A string that was counted with is kept as the number it is; it reads as a
/// string all the same. The containers are never empty: a key whose last element goes, goes.
using Value = std::variant<std::string, std::int64_t, std::unique_ptr<List>, std::unique_ptr<Hash>,
                           std::unique_ptr<Set>, std::unique_ptr<SortedSet>>;

/// The name of the value's type, as TYPE gives it.
[[nodiscard]] inline std::string_view type_name(const Value& value) noexcept {
  constexpr std::string_view names[] = {"string", "string", "list", "hash", "set", "zset"};
  return names[value.index()];
}

}  // namespace respd
