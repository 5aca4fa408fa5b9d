// apps/respd/redis/remains.hpp: large values that were removed, until they are freed in steps.
//
// To free a container takes as long as it has elements. So that no client waits for that, a command
// leaves what it removes here, in one step, and the server frees some of it at a time.
#pragma once
#include <cstddef>
#include <vector>

#include "redis/keys.hpp"

namespace respd {

/// Values and databases that nobody uses any more.
class Remains {
 public:
  /// Containers of up to so many elements are freed at once: that is no more work than to keep
  /// them.
  static constexpr std::size_t freed_at_once = 64;

  /// Takes a value, or frees it at once when it is small. O(1).
  void take(Value value) noexcept;
  /// Takes all keys of a database. O(1).
  void take(Keys keys) noexcept;

  [[nodiscard]] bool empty() const noexcept { return values_.empty() && keys_.empty(); }
  /// How many elements wait here, those of values in databases not counted.
  [[nodiscard]] std::size_t elements() const noexcept { return elements_; }
  /// Frees up to `most` elements; returns how many. Less than `most`: there are no more.
  std::size_t release(std::size_t most) noexcept;

 private:
  std::vector<Value> values_;
  std::vector<Keys> keys_;
  std::size_t elements_ = 0;
};

}  // namespace respd
