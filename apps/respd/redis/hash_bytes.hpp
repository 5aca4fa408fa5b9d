// apps/respd/redis/hash_bytes.hpp: the hash of a key.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace respd {

/// The `Word` that stands at `at`, at any address.
template <class Word> [[nodiscard]] std::uint64_t load_word(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// Two words that hold all of up to 16 bytes. Together with the size they stand for the bytes.
[[nodiscard]] inline std::pair<std::uint64_t, std::uint64_t> short_words(
    const char* at, std::size_t size) noexcept {
  if (size >= 8) return {load_word<std::uint64_t>(at), load_word<std::uint64_t>(at + size - 8)};
  if (size >= 4) return {load_word<std::uint32_t>(at), load_word<std::uint32_t>(at + size - 4)};
  if (size == 0) return {0, 0};
  const auto byte = [at](std::size_t i) {
    return std::uint64_t{static_cast<unsigned char>(at[i])};
  };
  return {byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1), 0};
}

/// A hash of `bytes` that is hard to steer without knowing `seed`.
[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
  __extension__ using Wide = unsigned __int128;
  constexpr auto mix = [](std::uint64_t a, std::uint64_t b) noexcept {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  constexpr std::uint64_t odd1 = 0x9e3779b97f4a7c15U;
  constexpr std::uint64_t odd2 = 0xd6e8feb86659fd93U;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = seed ^ odd1;
  for (; left > 16; at += 16, left -= 16) {
    state = mix(load_word<std::uint64_t>(at) ^ odd2, load_word<std::uint64_t>(at + 8) ^ state);
  }
  const auto [low, high] = short_words(at, left);
  return mix(odd2 ^ bytes.size(), mix(low ^ odd2, high ^ state));
}

}  // namespace respd
