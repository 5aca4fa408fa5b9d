// apps/respd/server/places.hpp: how many clients may be connected at once, over all runtimes.
#pragma once
#include <atomic>
#include <cstddef>

namespace respd {

/// Counts the clients of several servers that share one maximum. Any thread.
class Places {
 public:
  explicit Places(std::size_t most) noexcept : most_(most) {}
  /// Whether there was a place: then it is taken until `give_back`.
  [[nodiscard]] bool take() noexcept {
    if (taken_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    give_back();
    return false;
  }
  void give_back() noexcept { taken_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace respd
