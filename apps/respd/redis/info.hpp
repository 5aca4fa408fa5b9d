// apps/respd/redis/info.hpp: the text of INFO.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "redis/args.hpp"
#include "redis/figures.hpp"
#include "redis/keyspace.hpp"
#include "redis/store.hpp"

namespace respd {

/// What INFO tells in numbers, of one store or of several together. May be copied as bytes.
struct InfoFigures {
  Figures figures;
  std::array<std::uint64_t, Keyspace::databases> keys{}, expiring{};
  std::uint64_t expired = 0;
  std::uint64_t unfreed = 0;  ///< elements that were removed and are not freed yet
  std::int64_t memory = 0, peak_memory = 0;

  /// Adds those of another store of the same server.
  void add(const InfoFigures& other) noexcept;
};

/// Those of one store, and of the memory that its thread counts.
[[nodiscard]] InfoFigures info_figures(const Store& store);

/// The sections of INFO that are named, or all of them when none is. What is set for the whole
/// server is `store`'s.
[[nodiscard]] std::string info_text(const Store& store, const InfoFigures& figures, Args sections,
                                    troupe::Instant now);

}  // namespace respd
