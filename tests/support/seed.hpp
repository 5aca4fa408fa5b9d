// support/seed.hpp: chance for tests that can be told again: the seed comes from TROUPE_SEED or is
// fixed.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>

namespace troupe_test {

/// The seed of this run: the environment's TROUPE_SEED, else a fixed one.
inline std::uint64_t seed() {
  const char* text = std::getenv("TROUPE_SEED");
  return text && *text ? std::strtoull(text, nullptr, 0) : 20240817u;
}
/// For SCOPED_TRACE: how to run a failing test again.
inline std::string seed_text() { return "TROUPE_SEED=" + std::to_string(seed()); }

/// splitmix64: small, and the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// 0 to n - 1.
  std::uint64_t below(std::uint64_t n) { return next() % n; }

 private:
  std::uint64_t state_;
};

}  // namespace troupe_test
