// apps/respd/redis/text.hpp: a string of 16 bytes that holds short strings in itself.
//
// Most values are short or never change, so a string costs no more than its bytes: up to 15 of them
// stand in the object, longer ones in a block of just their size. One that is appended to again
// grows its block by half.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace respd {

/// A string of up to 4 GiB less one byte. What allocates throws bad_alloc where there is no memory,
/// or length_error beyond that size; then nothing has changed. Arguments are not views of the text
/// itself.
class Text {
 public:
  Text() noexcept = default;
  explicit Text(std::string_view bytes) { assign(bytes); }
  Text(const Text& other) : Text(other.view()) {}
  Text(Text&& other) noexcept : layout_(std::exchange(other.layout_, Layout())) {}
  Text& operator=(const Text& other) { return *this = Text(other); }
  Text& operator=(Text&& other) noexcept {
    std::swap(layout_, other.layout_);
    return *this;
  }
  ~Text() {
    if (layout_.kind == long_kind) free_block();
  }

  /// The bytes, until the text changes or moves.
  [[nodiscard]] std::string_view view() const noexcept {
    if (layout_.kind <= most_short) return {reinterpret_cast<const char*>(&layout_), layout_.kind};
    return {layout_.block, layout_.size};
  }
  operator std::string_view() const noexcept { return view(); }
  [[nodiscard]] std::size_t size() const noexcept {
    return layout_.kind <= most_short ? layout_.kind : layout_.size;
  }
  /// Bytes of the block that holds them, at least; 0 for a short text.
  [[nodiscard]] std::size_t block_size() const noexcept {
    if (layout_.kind != long_kind) return 0;
    const std::size_t told = std::size_t{layout_.room} << layout_.room_shift;
    return told < layout_.size ? layout_.size : told;
  }

  /// Becomes `bytes`. Keeps its block where that is neither too small nor more than twice as large.
  void assign(std::string_view bytes) {
    if (bytes.size() <= most_short && layout_.kind != long_kind) [[likely]] {
      if (!bytes.empty()) std::memcpy(static_cast<void*>(&layout_), bytes.data(), bytes.size());
      layout_.kind = static_cast<std::uint8_t>(bytes.size());
    } else {
      assign_long(bytes);
    }
  }
  /// Adds `bytes` at the end; amortized linear in them.
  void append(std::string_view bytes) { write(size(), bytes); }
  /// Puts `bytes` over what stands `at` and behind, and zeros between the end and there.
  void write(std::size_t at, std::string_view bytes);

 protected:
  static constexpr std::uint8_t most_short = 15;
  static constexpr std::uint8_t long_kind = 16;  // larger kinds belong to who derives

  // A short text stands in all but the last byte.
  struct Layout {
    char* block = nullptr;
    std::uint32_t size = 0;
    std::uint16_t room = 0;       // the leading bits of the block's size,
    std::uint8_t room_shift = 0;  // and how many bits follow them, taken as 0
    std::uint8_t kind = 0;        // the size of a short text, or `long_kind`
  };
  static_assert(sizeof(Layout) == 16);

  Layout layout_;

 private:
  void set_block(char* block, std::size_t room) noexcept;
  void assign_long(std::string_view bytes);
  void free_block() noexcept;
};

}  // namespace respd
