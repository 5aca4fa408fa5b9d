// apps/respd/redis/joining.hpp: makes one answer of those that several stores gave to the parts of
// one request.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redis/command.hpp"
#include "redis/info.hpp"
#include "redis/random.hpp"
#include "redis/reply.hpp"

namespace respd {

/// How the parts of one request become one answer.
struct Joining {
  Spread how = Spread::alike;
  std::size_t stores = 1;  ///< of the server
  /// With `scan`: the store whose part is the first. With `difference`: the part that holds the set
  /// from which the others are taken.
  std::size_t first = 0;
  /// With `values`: of each key, in order, the number of its part. With `figures`: the sections
  /// that were asked for.
  std::vector<std::uint8_t> owners = {};
  std::vector<std::string> sections = {};
};

/// What `figures` are gathered from: a store's numbers, and the names of its topics.
void write_figures(const Store& store, std::span<const std::string_view> channels,
                   std::span<const std::string> patterns, std::string& out);
/// What `random_key` is drawn from: how many keys a store has, and one of them.
void write_random_key(std::size_t keys, std::string_view answer, std::string& out);

/// Writes the answer that the parts together make, in the order of their stores. Each is a whole
/// answer in RESP2. The first that is an error is the answer.
/// @param store of this runtime
void join(const Joining& joining, std::span<const std::string_view> parts, Store& store,
          troupe::Instant now, Reply& reply);

}  // namespace respd
