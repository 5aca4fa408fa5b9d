// core/bytes.hpp: bytes that many hold and nobody changes, for one runtime.
//
// What goes to many at once, as a message to all subscribers of a channel does, exists once and is
// counted. The counts are plain: like everything of a runtime they belong to its thread.
#pragma once
#include <span>
#include <string_view>
#include <troupe/core/core.hpp>

namespace troupe {

/// A reference-counted, immutable byte string: a copy is a pointer to the same bytes. 8 bytes.
/// Belongs to the thread of the runtime whose memory it uses; may outlive that runtime.
class Bytes {
 public:
  using troupe_of_one_runtime = void;
  /// No bytes.
  Bytes() noexcept = default;
  /// Copies the bytes into one cell of the runtime's pool (of the heap, above 128 KiB).
  /// @throws std::bad_alloc when there is no memory
  Bytes(Core& core, std::span<const std::byte> bytes) : Bytes(core, bytes.size()) {
    if (block_) std::memcpy(block_ + 1, bytes.data(), bytes.size());
  }
  /// Copies the text.
  /// @throws std::bad_alloc when there is no memory
  Bytes(Core& core, std::string_view text) : Bytes(core, std::as_bytes(std::span(text))) {}
  /// Makes `size` bytes. Calls `fill(std::span<std::byte>)` once with the uninitialised memory, and
  /// `fill` writes all of it.
  /// @param size in bytes; with 0 `fill` is not called
  /// @throws std::bad_alloc, and what `fill` throws
  template <class F>
    requires std::is_invocable_v<F&, std::span<std::byte>>
  static Bytes filled(Core& core, std::size_t size, F&& fill) {
    Bytes made(core, size);
    if (made.block_) fill(std::span(reinterpret_cast<std::byte*>(made.block_ + 1), size));
    return made;
  }
  Bytes(const Bytes& other) noexcept : block_(other.block_) {
    if (block_) ++block_->holders;
  }
  Bytes(Bytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Bytes& operator=(Bytes other) noexcept { return std::swap(block_, other.block_), *this; }
  ~Bytes() {
    if (block_ && --block_->holders == 0)
      detail::Pool::give_back(block_, sizeof(Block) + block_->size);
  }
  using troupe_relocatable = void;

  /// The bytes. The view is valid while this object or a copy of it lives.
  std::span<const std::byte> view() const noexcept {
    return block_ ? std::span(reinterpret_cast<const std::byte*>(block_ + 1), block_->size)
                  : std::span<const std::byte>();
  }
  /// The bytes as text. The view is valid while this object or a copy of it lives.
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(view().data()), size()};
  }
  std::size_t size() const noexcept { return block_ ? block_->size : 0; }
  bool empty() const noexcept { return size() == 0; }
  /// How many `Bytes` objects share these bytes; 0 for an empty one.
  std::size_t holders() const noexcept { return block_ ? block_->holders : 0; }
  friend bool operator==(const Bytes& a, const Bytes& b) noexcept {
    return a.block_ == b.block_ || a.text() == b.text();
  }

 private:
  struct Block {  // the bytes follow
    std::size_t holders;
    std::size_t size;
  };
  Bytes(Core& core, std::size_t size) {
    if (size == 0) return;
    void* cell = size < SIZE_MAX - sizeof(Block)
                     ? detail::kernel_of(core).pool.take(sizeof(Block) + size)
                     : nullptr;
    if (!cell) TROUPE_THROW(std::bad_alloc{});
    block_ = ::new (cell) Block{1, size};
  }
  Block* block_ = nullptr;
};
static_assert(sizeof(Bytes) == 8);

}  // namespace troupe
