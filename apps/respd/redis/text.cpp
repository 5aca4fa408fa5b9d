// apps/respd/redis/text.cpp: the blocks of long texts.
#include "redis/text.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <new>
#include <stdexcept>

#include "redis/memory.hpp"

namespace respd {

namespace {

// A block of `size` bytes that holds what `old` held.
char* resized(char* old, std::size_t size) {
  void* const block = resize_memory(static_cast<void*>(old), size);
  if (block == nullptr) throw std::bad_alloc();
  return static_cast<char*>(block);
}

std::uint32_t checked(std::size_t size) {
  if (size > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("text too long");
  return static_cast<std::uint32_t>(size);
}

}  // namespace

void Text::free_block() noexcept { free_memory(static_cast<void*>(layout_.block)); }

void Text::set_block(char* block, std::size_t room) noexcept {
  const int shift = std::max(0, static_cast<int>(std::bit_width(room)) - 16);
  layout_.block = block;
  layout_.room = static_cast<std::uint16_t>(room >> shift);
  layout_.room_shift = static_cast<std::uint8_t>(shift);
  layout_.kind = long_kind;
}

void Text::assign_long(std::string_view bytes) {
  const std::size_t held = block_size();
  if (bytes.size() > held || bytes.size() < held / 2) {
    Text fresh;
    if (bytes.size() > most_short) {
      fresh.layout_.size = checked(bytes.size());
      fresh.set_block(resized(nullptr, bytes.size()), bytes.size());
      std::memcpy(fresh.layout_.block, bytes.data(), bytes.size());
    } else {
      fresh.assign(bytes);
    }
    std::swap(layout_, fresh.layout_);
  } else {
    layout_.size = static_cast<std::uint32_t>(bytes.size());
    if (!bytes.empty()) std::memcpy(layout_.block, bytes.data(), bytes.size());
  }
}

void Text::write(std::size_t at, std::string_view bytes) {
  const std::size_t had = size();
  const std::size_t size = std::max<std::size_t>(had, checked(at + bytes.size()));
  const bool is_short = layout_.kind != long_kind;
  if (is_short && size > most_short) {
    // The first growth is exact, as many values never grow again.
    Text fresh;
    fresh.set_block(resized(nullptr, size), size);
    const std::string_view old = view();
    if (!old.empty()) std::memcpy(fresh.layout_.block, old.data(), old.size());
    std::swap(layout_, fresh.layout_);
  } else if (!is_short && size > block_size()) {
    const std::size_t room = size + size / 2;
    set_block(resized(layout_.block, room), room);
  }
  const bool still_short = layout_.kind != long_kind;
  char* const text = still_short ? reinterpret_cast<char*>(&layout_) : layout_.block;
  if (at > had) std::memset(text + had, 0, at - had);
  if (!bytes.empty()) std::memcpy(text + at, bytes.data(), bytes.size());
  if (still_short)
    layout_.kind = static_cast<std::uint8_t>(size);
  else
    layout_.size = static_cast<std::uint32_t>(size);
}

}  // namespace respd
