// support/bytes.hpp: chance out of a string of bytes, as a fuzzer gives them: the same interface as
// Dice.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace troupe_test {

/// Each choice takes as few bytes as it needs, so that small changes of the input are small changes
/// of what happens.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : left_(data, size) {}
  /// Whether all has been read; then every choice is 0.
  bool empty() const { return left_.empty(); }
  std::uint64_t next() { return take(8); }
  /// 0 to n - 1.
  std::uint64_t below(std::uint64_t n) { return take(n <= 256 ? 1 : n <= 65536 ? 2 : 8) % n; }

 private:
  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    for (; count != 0 && !left_.empty(); --count) {
      value = value << 8 | left_.front();
      left_ = left_.subspan(1);
    }
    return value;
  }
  std::span<const std::uint8_t> left_;
};

}  // namespace troupe_test
