// core/timer_queue_wheel.hpp: what the files of the timers share: the wheel's buckets, and the
// steps that every timer takes.
//
// What keeps the order exact. The entries of a bucket are in the order of their creation, whatever
// their times: new ones are appended, and when a bucket is dealt out, the nearer ones that it goes
// to are empty. An entry that breaks this (the one that fills the gap of an erased one, or that of
// a max or min timer armed anew) is marked `late`. All entries of one time are in one bucket. So
// who sorts a bucket by time, and keeps the order of equals, needs to compare the numbers of
// creation only where an entry is late.
//
// What keeps `advance` free of allocation. Blocks are dense: only the last one of a bucket is
// partly filled, or empty behind others. So n entries need at most n / block_entries blocks, and
// one more for each bucket in use; that many are made by `add`.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <troupe/base/platform.hpp>
#include <troupe/core/timer_queue.hpp>
#include <utility>

namespace troupe {

namespace detail::wheel {

inline constexpr unsigned digit_bits = 6;
inline constexpr unsigned digits = 1u << digit_bits;
inline constexpr unsigned level_count = (64 + digit_bits - 1) / digit_bits;
inline constexpr std::size_t bucket_count = std::size_t{level_count} * digits;
inline constexpr std::size_t block_bytes = 256;
inline constexpr std::size_t block_entries = (block_bytes - 2 * sizeof(void*)) / 16;
inline constexpr std::size_t run_entries =
    64;  // as many slots are prefetched at once; a longer bucket is dealt out first
inline constexpr std::size_t slots_ahead = 6;  // that are asked for while one is filled
inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();

inline constexpr std::uint16_t kind_bits = 3;
inline constexpr std::uint16_t late = 4;

// For each number of the highest bit of (time ^ base): the first bucket of the group of bits that
// tells the bucket (a multiple of 64), plus the lowest bit of that group (less than 64).
inline constexpr std::array<std::uint16_t, 64> places = [] {
  std::array<std::uint16_t, 64> made{};
  for (unsigned bit = 0; bit < 64; ++bit) {
    const unsigned level = bit / digit_bits;
    made[bit] = static_cast<std::uint16_t>(level * digits + level * digit_bits);
  }
  return made;
}();
static_assert(digits == 64);

// The bits below a level's group.
constexpr std::uint64_t span(std::size_t level) {
  return (std::uint64_t{1} << (digit_bits * level)) - 1;
}
constexpr std::uint64_t bit_of(std::size_t number) { return std::uint64_t{1} << (number % 64); }

}  // namespace detail::wheel
using namespace detail::wheel;

struct TimerQueue::Entry {
  std::uint64_t at;
  std::uint32_t slot;
  std::uint16_t flags;   // the kind, and `late`
  std::uint16_t bucket;  // its number, if it is in one of the wheel
};

// In a bucket's ring of blocks, or in the list of free ones: then `prev` is null.
struct alignas(block_bytes) TimerQueue::Block {
  Block* next;
  Block* prev;
  Entry entries[block_entries];
};

// Entries are appended at `end`. Blocks are aligned to their size, so `end` tells its block, and
// whether that is full.
struct TimerQueue::Bucket {
  Entry* end = nullptr;  // null without entries
  std::uint64_t min =
      forever;  // no later than the earliest entry; equal to it unless the bucket is marked stale

  static Block* block_of(Entry* entry) noexcept {
    return reinterpret_cast<Block*>(reinterpret_cast<std::uintptr_t>(entry) & ~(block_bytes - 1));
  }
  static void prefetch(const Block* block) noexcept {
    for (std::size_t i = 0; i < block_entries; i += 4) __builtin_prefetch(&block->entries[i], 1);
  }
  static bool begins_block(const Entry* entry) noexcept {
    return (reinterpret_cast<std::uintptr_t>(entry) & (block_bytes - 1)) ==
           offsetof(Block, entries);
  }
  bool is_empty() const noexcept { return end == nullptr; }
  bool is_full() const noexcept {
    return (reinterpret_cast<std::uintptr_t>(end) & (block_bytes - 1)) == 0;
  }
  Block* tail() const noexcept { return block_of(end - 1); }
  std::size_t tail_entries() const noexcept {
    return static_cast<std::size_t>(end - tail()->entries);
  }

  // Calls f(block, number of its entries) for each block in order; f may give the block away.
  template <class F> void each_block(F f) const noexcept {
    if (is_empty()) return;
    Block* const last = tail();
    Block* block = last->next;
    while (block != last) {
      Block* const next = block->next;
      prefetch(next);
      f(block, block_entries);
      block = next;
    }
    f(last, tail_entries());
  }
  template <class F> void each(F f) const noexcept {
    each_block([&f](Block* block, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) f(block->entries[i]);
    });
  }
  bool fits(std::size_t room) const noexcept {
    const Block* const last = tail();
    std::size_t count = tail_entries();
    for (const Block* block = last->prev; block != last && count <= room; block = block->prev)
      count += block_entries;
    return count <= room;
  }
};

struct TimerQueue::Slab {
  Slab* next;
  std::size_t count;
  Block* blocks() noexcept { return reinterpret_cast<Block*>(this) + 1; }
};

struct TimerQueue::Wheel {
  std::uint64_t used[level_count] = {};  // a bit for each bucket that has entries
  std::uint64_t stale[level_count] =
      {};  // a bit for each bucket whose `min` may be that of no entry
  std::uint32_t used_levels = 0;
  std::uint32_t run_begin = 0;
  std::uint32_t run_end = 0;
  std::uint32_t held_dead = 0;  // entries of `held` whose timer was erased
  Block* free = nullptr;
  Slab* slabs = nullptr;
  std::size_t blocks = 0;
  Bucket held;  // due entries of one single time, in order, when they are more than a run
  Entry run[run_entries];  // due entries in order, out of their buckets; without a slot if the
                           // timer was erased
  Bucket buckets[bucket_count];
  Bucket lists[digits];  // empty but while `held` is sorted

  std::size_t first_used() const noexcept {
    const auto level = static_cast<std::size_t>(std::countr_zero(used_levels));
    return level * digits + static_cast<std::size_t>(std::countr_zero(used[level]));
  }
  void forget(std::size_t number) noexcept {
    const std::size_t level = number / digits;
    buckets[number] = Bucket();
    stale[level] &= ~bit_of(number);
    used[level] &= ~bit_of(number);
    if (used[level] == 0) used_levels &= ~(1u << level);
  }
  bool held_has_live() const noexcept {
    bool found = false;
    held.each([&found](const Entry& entry) { found = found || entry.slot != none; });
    return found;
  }
  bool in_run(const Entry* entry) const noexcept {
    return entry >= run && entry < run + run_entries;
  }
  void release(Block* block) noexcept {
    block->prev = nullptr;
    block->next = free;
    free = block;
  }
};

// ---- slots
TROUPE_INLINE void TimerQueue::close(std::uint32_t index) noexcept {
  const std::uint32_t number = index / slots_per_chunk;
  Group& group = groups_[number];
  if (group.open == 0) {
    group.chunk->next_open = open_group_;
    open_group_ = number;
  }
  group.open |= bit_of(index);
  TROUPE_POISON(group.chunk->slots[index % slots_per_chunk].call.payload, TimerCall::room);
}

// ---- buckets
// Appends to a bucket that is not full.
TROUPE_INLINE void TimerQueue::put(Bucket& bucket, std::size_t number, const Entry& entry,
                                   Entry*& where) noexcept {
  Entry* const at = bucket.end;
  *at = Entry{entry.at, entry.slot, entry.flags, static_cast<std::uint16_t>(number)};
  bucket.end = at + 1;
  if (entry.at < bucket.min) [[unlikely]]
    bucket.min = entry.at;
  where = at;
}

// As `put`, to a bucket that may be full.
TROUPE_INLINE void TimerQueue::append(Bucket& bucket, std::size_t number, const Entry& entry,
                                      Entry*& where) noexcept {
  if (bucket.is_full()) [[unlikely]]
    extend(bucket, number);
  put(bucket, number, entry, where);
}

TROUPE_INLINE std::size_t TimerQueue::bucket_of(std::uint64_t at) const noexcept {
  const std::size_t place =
      places[63 ^ static_cast<std::size_t>(std::countl_zero((at ^ base_) | 1))];
  return (place & ~std::size_t{63}) | ((at >> (place & 63)) & (digits - 1));
}

TROUPE_INLINE void TimerQueue::file(const Entry& entry, Entry*& where) noexcept {
  const std::size_t number = bucket_of(entry.at);
  append(wheel_->buckets[number], number, entry, where);
}

// Takes the last entry off. A block that it leaves empty stays, so that timers that come and go at
// a block's edge do not take and release one each time. It goes when one more entry is taken off,
// or at once if it is the bucket's only one.
TROUPE_INLINE void TimerQueue::pop(Bucket& bucket, std::size_t number) noexcept {
  if (Bucket::begins_block(--bucket.end)) [[unlikely]]
    vacate(bucket, number);
}
// The last entry of a bucket that has one.
TROUPE_INLINE TimerQueue::Entry* TimerQueue::last(Bucket& bucket) noexcept {
  if (Bucket::begins_block(bucket.end)) [[unlikely]]
    shrink(bucket);
  return bucket.end - 1;
}

TROUPE_INLINE void TimerQueue::remove(Entry* entry) noexcept {
  if (pending_) [[unlikely]] {
    if (remove_pending(entry)) return;
  }
  const std::size_t number = entry->bucket;
  Bucket& bucket = wheel_->buckets[number];
  if (entry->at == bucket.min) [[unlikely]]
    wheel_->stale[number / digits] |= bit_of(number);
  if (Entry* const from = last(bucket); from != entry) {
    entry->at =
        from->at;  // member by member, as it was written: a wider load would wait for the stores
    entry->slot = from->slot;
    entry->flags = from->flags | late;
    where(entry->slot) = entry;
  }
  pop(bucket, number);
}

// Empties a bucket into `f(const Entry&)`, in order. A block is free as soon as it is read.
template <class F> TROUPE_INLINE void TimerQueue::drain(Bucket& bucket, F f) noexcept {
  std::exchange(bucket, Bucket()).each_block([this, &f](Block* block, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) f(block->entries[i]);
    wheel_->release(block);
  });
}

}  // namespace troupe
