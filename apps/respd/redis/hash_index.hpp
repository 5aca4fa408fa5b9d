// apps/respd/redis/hash_index.hpp: finds the places of elements in an array by their hashes.
//
// Open addressing with linear probing. A place holds the number of the element and 32 bits of its
// hash, so that neither a search nor a resize looks at elements that are not meant. A resize moves
// some places with each access.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "redis/memory.hpp"
#include "redis/steps.hpp"

namespace respd {

/// Maps hashes to numbers of elements; equal hashes may come several times, numbers not. Nothing
/// exists until the first `make_room`.
class HashIndex {
 public:
  /// Stands for no element.
  static constexpr std::uint32_t none = UINT32_MAX;

  HashIndex() = default;
  HashIndex(HashIndex&& other) noexcept
      : live_(std::exchange(other.live_, {})),
        old_(std::exchange(other.old_, {})),
        used_(std::exchange(other.used_, 0)),
        moved_(std::exchange(other.moved_, 0)) {}
  HashIndex& operator=(HashIndex&& other) noexcept {
    std::swap(live_, other.live_);
    std::swap(old_, other.old_);
    std::swap(used_, other.used_);
    std::swap(moved_, other.moved_);
    return *this;
  }
  ~HashIndex() {
    free_memory(static_cast<void*>(live_.places));
    free_memory(static_cast<void*>(old_.places));
  }

  [[nodiscard]] bool exists() const noexcept { return live_.count != 0; }

  /// The number with this hash that `matches(number)`, or `none`. Moves some places.
  template <class Matches>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Matches matches) noexcept {
    if (old_.count != 0) [[unlikely]]
      move_some();
    const Place* place = find_in(live_, hash, matches);
    if (place == nullptr && old_.count != 0) place = find_in(old_, hash, matches);
    return place == nullptr ? none : place->number - 1;
  }

  /// Sees to it that `add` has room for one number. May throw bad_alloc; then nothing has changed.
  void make_room();
  /// Adds a number.
  void add(std::uint32_t number, std::uint32_t hash) noexcept;
  /// Removes a number that is there.
  void remove(std::uint32_t number, std::uint32_t hash) noexcept;
  /// Gives the number `from`, which is there, the name `to`.
  void renumber(std::uint32_t from, std::uint32_t to, std::uint32_t hash) noexcept {
    place_of(from, hash).first->number = to + 1;
  }
  /// Gives room back where most of it is empty.
  void shrink() noexcept {
    if (live_.count > smallest && used_ < live_.count / 8 && old_.count == 0) begin_shrink();
  }

 private:
  static constexpr std::uint32_t smallest = 16;
  // In `old_`, where removals leave gaps that a search has to cross.
  static constexpr std::uint32_t gone = UINT32_MAX;

  struct Place {
    std::uint32_t number;  // plus 1; 0 for none
    std::uint32_t hash;
  };
  struct Half {
    Place* places = nullptr;
    std::uint64_t count = 0;  // a power of two, or 0
  };

  template <class Matches>
  static Place* find_in(const Half& half, std::uint32_t hash, Matches& matches) noexcept {
    const std::uint64_t mask = half.count - 1;
    for (std::uint64_t at = hash & mask; half.places[at].number != 0; at = (at + 1) & mask) {
      step();
      Place& place = half.places[at];
      if (place.hash == hash && place.number != gone && matches(place.number - 1)) return &place;
    }
    return nullptr;
  }

  std::pair<Place*, Half*> place_of(std::uint32_t number, std::uint32_t hash) noexcept {
    const auto matches = [number](std::uint32_t other) { return other == number; };
    if (Place* const place = find_in(live_, hash, matches)) return {place, &live_};
    return {find_in(old_, hash, matches), &old_};
  }

  static void put(Half& half, Place place) noexcept;
  void close_gap(Place* gap) noexcept;
  void begin_move(Place* fresh, std::uint64_t count) noexcept;
  void begin_shrink() noexcept;
  void move_some() noexcept;

  Half live_;  // where new places go
  Half old_;   // the places before the last resize, until all of them have moved
  std::uint32_t used_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace respd
