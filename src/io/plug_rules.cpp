// io/plug_rules.cpp: bytes that were put back.
#include <troupe/io/plug_rules.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

namespace troupe::detail {

bool PutBack::put(std::span<const std::byte> bytes) noexcept {
  if (at_ < bytes.size()) {  // else they fit where others were
    const std::size_t rest = end_ - at_;
    std::unique_ptr<std::byte[]> wider(new (std::nothrow) std::byte[bytes.size() + rest]);
    if (!wider) return false;
    if (rest != 0) std::memcpy(wider.get() + bytes.size(), bytes_.get() + at_, rest);
    bytes_ = std::move(wider);
    at_ = bytes.size();
    end_ = at_ + rest;
  }
  at_ -= bytes.size();
  std::memcpy(bytes_.get() + at_, bytes.data(), bytes.size());
  return true;
}

std::size_t PutBack::take(std::span<std::byte> room) noexcept {
  const std::size_t n = std::min(room.size(), end_ - at_);
  std::memcpy(room.data(), bytes_.get() + at_, n);
  at_ += n;
  return n;
}

// What has been read goes when it is as much as what is left, so that a byte is moved once on
// average.
void PutBack::shrink() noexcept {
  if (empty()) {
    bytes_.reset();
    at_ = end_ = 0;
  } else if (at_ >= smallest && at_ >= end_ - at_) {
    PutBack rest;
    if (rest.put({bytes_.get() + at_, end_ - at_})) *this = std::move(rest);
  }
}

}  // namespace troupe::detail
