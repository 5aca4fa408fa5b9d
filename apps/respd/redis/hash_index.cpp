// apps/respd/redis/hash_index.cpp: what changes the places of an index.
#include "redis/hash_index.hpp"

#include <algorithm>

namespace respd {

namespace {

// Enough that a move ends before the next one is due.
constexpr int places_a_move = 32;

}  // namespace

void HashIndex::make_room() {
  if (old_.count != 0) move_some();
  if (live_.count != 0 && used_ < live_.count / 4 * 3) return;
  while (old_.count != 0) move_some();
  if (used_ >= none - 2) throw std::bad_alloc();
  const std::uint64_t count = live_.count == 0 ? smallest : live_.count * 2;
  void* const fresh = zeroed_memory(count, sizeof(Place));
  if (fresh == nullptr) throw std::bad_alloc();
  begin_move(static_cast<Place*>(fresh), count);
}

void HashIndex::add(std::uint32_t number, std::uint32_t hash) noexcept {
  put(live_, {number + 1, hash});
  ++used_;
}

void HashIndex::remove(std::uint32_t number, std::uint32_t hash) noexcept {
  const auto [place, half] = place_of(number, hash);
  --used_;
  if (half == &old_)
    place->number = gone;
  else
    close_gap(place);
}

void HashIndex::put(Half& half, Place place) noexcept {
  const std::uint64_t mask = half.count - 1;
  std::uint64_t at = place.hash & mask;
  for (; half.places[at].number != 0; at = (at + 1) & mask) step();
  half.places[at] = place;
}

// What was put behind its own place for want of room moves up.
void HashIndex::close_gap(Place* gap) noexcept {
  const std::uint64_t mask = live_.count - 1;
  auto hole = static_cast<std::uint64_t>(gap - live_.places);
  for (std::uint64_t at = (hole + 1) & mask; live_.places[at].number != 0; at = (at + 1) & mask) {
    step();
    const std::uint64_t home = live_.places[at].hash & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    live_.places[hole] = live_.places[at];
    hole = at;
  }
  live_.places[hole] = {};
}

void HashIndex::begin_move(Place* fresh, std::uint64_t count) noexcept {
  old_ = live_;
  moved_ = 0;
  live_ = {fresh, count};
}

// Smaller is a matter of memory; where there is none for it, it can wait.
void HashIndex::begin_shrink() noexcept {
  const std::uint64_t count =
      std::max<std::uint64_t>(smallest, std::bit_ceil(std::uint64_t{used_} * 2));
  if (void* const fresh = zeroed_memory(count, sizeof(Place)))
    begin_move(static_cast<Place*>(fresh), count);
}

void HashIndex::move_some() noexcept {
  const std::uint64_t end = std::min<std::uint64_t>(old_.count, moved_ + places_a_move);
  step(end - moved_);
  for (; moved_ < end; ++moved_) {
    Place& place = old_.places[moved_];
    if (place.number == 0 || place.number == gone) continue;
    put(live_, place);
    place.number = gone;
  }
  if (moved_ == old_.count) {
    free_memory(static_cast<void*>(old_.places));
    old_ = {};
  }
}

}  // namespace respd
