// thread/key_hash.hpp: the hash behind `RemoteSet::by_key`: the same number on each platform and in
// each process. (internal)
//
// A change of what these functions return moves the keys of programs that run on several machines,
// or that keep what belongs to a key: it is a change of the interface.
#pragma once
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace troupe::detail {
struct a_key_is_an_integer_an_enum_or_what_converts_to_a_string_view_or_a_span_of_bytes {};

// Of `char` the sign differs from platform to platform; the wide ones have different sizes.
template <class K>
concept a_character =
    std::same_as<K, char> || std::same_as<K, wchar_t> || std::same_as<K, char8_t> ||
    std::same_as<K, char16_t> || std::same_as<K, char32_t>;
template <class K>
concept a_number_key =
    std::is_enum_v<K> || (std::integral<K> && !std::same_as<K, bool> && !a_character<K>);
template <class K>
concept a_text_key = std::convertible_to<const K&, std::string_view>;
template <class K>
concept a_bytes_key = std::convertible_to<const K&, std::span<const std::byte>>;
template <class K>
concept good_key =
    (a_number_key<K> && sizeof(K) <= sizeof(std::uint64_t)) || a_text_key<K> || a_bytes_key<K>;

// The finalizer of SplitMix64: a bijection, in which each bit of the input moves each of the
// output.
constexpr std::uint64_t mixed(std::uint64_t h) noexcept {
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9;
  h = (h ^ (h >> 27)) * 0x94d049bb133111eb;
  return h ^ (h >> 31);
}
constexpr std::uint64_t hash_start(std::uint64_t seed) noexcept {
  return mixed(seed + 0x9e3779b97f4a7c15);
}
constexpr std::uint64_t hash_number(std::uint64_t number, std::uint64_t seed) noexcept {
  return mixed(hash_start(seed) ^ number);
}
// By words of 8 bytes, the lowest byte first; the last one is filled with zeros, so the length
// counts too.
inline std::uint64_t hash_bytes(const void* bytes, std::size_t size, std::uint64_t seed) noexcept {
  const auto* at = static_cast<const unsigned char*>(bytes);
  std::uint64_t h = mixed(hash_start(seed) + size);
  for (; size != 0;) {
    const std::size_t n = size < 8 ? size : 8;
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&word, at, n);
    } else {
      for (std::size_t i = 0; i != n; ++i) word |= std::uint64_t{at[i]} << (8 * i);
    }
    h = mixed(h ^ word);
    at += n;
    size -= n;
  }
  return h;
}
template <class K> std::uint64_t hash_key(const K& key, std::uint64_t seed) noexcept {
  if constexpr (a_number_key<K>) {
    return hash_number(static_cast<std::uint64_t>(key), seed);  // of a negative one, with its sign
  } else if constexpr (a_text_key<K>) {
    const std::string_view text = key;
    return hash_bytes(text.data(), text.size(), seed);
  } else {
    const std::span<const std::byte> bytes = key;
    return hash_bytes(bytes.data(), bytes.size(), seed);
  }
}

// Jump consistent hash (Lamping and Veach, 2014), in whole numbers, so that no rounding differs:
// which of `n` places, at least one, fewer than 2^32. Where `n` grows by one, a key stays or moves
// to the new place.
constexpr std::size_t jump_hash(std::uint64_t hash, std::size_t n) noexcept {
  std::uint64_t place = 0;
  for (std::uint64_t next = 0; next < n;) {
    place = next;
    hash = hash * 2862933555777941757u + 1;
    next = ((place + 1) << 31) / ((hash >> 33) + 1);
  }
  return static_cast<std::size_t>(place);
}

}  // namespace troupe::detail
