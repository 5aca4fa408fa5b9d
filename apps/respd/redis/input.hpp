// apps/respd/redis/input.hpp: the bytes that a connection has sent and that no request has used up
// yet.
//
// A session reads into the free end and takes whole requests from the front. Bytes move only when
// the free end runs out, and at most half as many move as were freed since, so the cost stays
// linear in what arrives however small the reads are.
#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace respd {

/// A byte queue: filled at one end by reads, used up at the other by the parser. One owner, no
/// thread but its own.
class InputBuffer {
 public:
  /// An empty buffer larger than this many bytes gives its memory back.
  static constexpr std::size_t keep_when_empty = 64 * 1024;

  /// Free space of at least `at_least` bytes to read into. Views into the buffer end here.
  [[nodiscard]] std::span<char> room(std::size_t at_least) {
    if (capacity_ - end_ < at_least) make_room(at_least);
    return {bytes_.get() + end_, capacity_ - end_};
  }

  /// Says that the first `count` bytes of the last `room` now hold received bytes.
  void filled(std::size_t count) noexcept { end_ += count; }

  /// What has arrived and is not used up. The view ends with the next `room` or `consume`.
  [[nodiscard]] std::string_view unread() const noexcept {
    return {bytes_.get() + begin_, end_ - begin_};
  }

  /// Uses up `count` bytes at the front.
  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ != end_) return;
    begin_ = end_ = 0;
    if (capacity_ > keep_when_empty) bytes_.reset(), capacity_ = 0;
  }

  /// Bytes of memory held.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  void make_room(std::size_t at_least) {
    const std::size_t used = end_ - begin_;
    if (begin_ >= used && capacity_ - used >= at_least) {
      if (used != 0) std::memcpy(bytes_.get(), bytes_.get() + begin_, used);
    } else {
      std::size_t larger = capacity_ * 2 < 1024 ? 1024 : capacity_ * 2;
      if (larger < used + at_least) larger = used + at_least;
      auto fresh = std::make_unique_for_overwrite<char[]>(larger);
      if (used != 0) std::memcpy(fresh.get(), bytes_.get() + begin_, used);
      bytes_ = std::move(fresh);
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace respd
