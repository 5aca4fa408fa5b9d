// tests/respd/seed.hpp: the seed of a random test: TROUPE_SEED from the environment, or a fixed
// one.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace respd_test {

/// The seed to use. Put `seed_note(seed)` into a SCOPED_TRACE, so that a failure tells it.
inline std::uint64_t seed() {
  const char* const given = std::getenv("TROUPE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20240229U;
}

inline std::string seed_note(std::uint64_t seed) { return "TROUPE_SEED=" + std::to_string(seed); }

}  // namespace respd_test
