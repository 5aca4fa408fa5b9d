// core/timer_queue.cpp: the slots and the wheel of the timers.
//
// What keeps the order exact. The entries of a bucket are in the order of their creation, whatever their times: new
// ones are appended, and when a bucket is dealt out, the nearer ones that it goes to are empty. An entry that breaks
// this (the one that fills the gap of an erased one, or that of a max or min timer armed anew) is marked `late`. All
// entries of one time are in one bucket. So who sorts a bucket by time, and keeps the order of equals, needs to compare
// the numbers of creation only where an entry is late.
//
// What keeps `advance` free of allocation. Blocks are dense: only the last one of a bucket is partly filled. So n
// entries need at most n / block_entries blocks, and one more for each bucket in use; that many are made by `add`.
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <memory>
#include <new>

#include <troupe/base/panic.hpp>
#include <troupe/base/platform.hpp>
#include <troupe/core/timer_queue.hpp>

namespace troupe {

namespace {

constexpr unsigned digit_bits = 6;
constexpr unsigned digits = 1u << digit_bits;
constexpr unsigned levels = (64 + digit_bits - 1) / digit_bits;
constexpr std::size_t bucket_count = std::size_t{levels} * digits;
constexpr std::size_t block_bytes = 256;
constexpr std::size_t block_entries = (block_bytes - 2 * sizeof(void*)) / 16;
constexpr std::size_t run_entries = 64;  // as many slots are prefetched at once; a longer bucket is dealt out first
constexpr std::size_t slots_ahead = 6;
constexpr std::size_t least_slab_blocks = 15;      // 4 KB
constexpr std::size_t greatest_slab_blocks = 255;  // 64 KB
constexpr std::size_t spare_blocks = 4;            // a bucket that is drained holds one block more than it needs
constexpr std::uint64_t no_waypoint_within = std::uint64_t{1} << 29;  // 537 ms
constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint16_t kind_bits = 3;
constexpr std::uint16_t late = 4;

// For each number of leading zeros of (time ^ base): which group of bits tells the bucket, and the group's first
// bucket.
struct Place {
  std::uint8_t shift;
  std::uint16_t first;
};
constexpr std::array<Place, 64> places = [] {
  std::array<Place, 64> made{};
  for (unsigned zeros = 0; zeros < 64; ++zeros) {
    const unsigned level = (63 - zeros) / digit_bits;
    made[zeros] = Place{static_cast<std::uint8_t>(level * digit_bits), static_cast<std::uint16_t>(level * digits)};
  }
  return made;
}();

// The bits below a level's group.
constexpr std::uint64_t span(std::size_t level) { return (std::uint64_t{1} << (digit_bits * level)) - 1; }
constexpr std::uint64_t bit_of(std::size_t number) { return std::uint64_t{1} << (number % 64); }

// The next time to look at a min timer. The grid is a sixteenth to an eighth of the gap.
std::uint64_t waypoint(std::uint64_t target, std::uint64_t now) noexcept {
  if (target <= now || target - now < no_waypoint_within) return target;
  const std::uint64_t gap = target - now;
  const std::uint64_t grid = std::uint64_t{1} << (std::bit_width(gap) - 4);
  return (target - gap / 4 + (grid - 1)) & ~(grid - 1);
}

std::uint64_t after(std::uint64_t now) noexcept { return now == forever ? now : now + 1; }

std::uint32_t next_generation(std::uint32_t generation) noexcept {
  ++generation;
  return generation + (generation == 0 ? 1 : 0);
}

}  // namespace

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

// Entries are appended at `end`. Blocks are aligned to their size, so `end` tells its block, and whether that is full.
struct TimerQueue::Bucket {
  Entry* end = nullptr;         // null without entries
  std::uint64_t min = forever;  // no later than the earliest entry; equal to it unless the bucket is marked stale

  static Block* block_of(Entry* entry) noexcept {
    return reinterpret_cast<Block*>(reinterpret_cast<std::uintptr_t>(entry) & ~(block_bytes - 1));
  }
  static void prefetch(const Block* block) noexcept {
    for (std::size_t i = 0; i < block_entries; i += 4) __builtin_prefetch(&block->entries[i], 1);
  }
  bool is_empty() const noexcept { return end == nullptr; }
  bool is_full() const noexcept { return (reinterpret_cast<std::uintptr_t>(end) & (block_bytes - 1)) == 0; }
  Block* tail() const noexcept { return block_of(end - 1); }
  std::size_t tail_entries() const noexcept { return static_cast<std::size_t>(end - tail()->entries); }

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
    for (const Block* block = last->prev; block != last && count <= room; block = block->prev) count += block_entries;
    return count <= room;
  }
};

struct TimerQueue::Slab {
  Slab* next;
  std::size_t count;
  Block* blocks() noexcept { return reinterpret_cast<Block*>(this) + 1; }
};

struct TimerQueue::Wheel {
  std::uint64_t used[levels] = {};   // a bit for each bucket that has entries
  std::uint64_t stale[levels] = {};  // a bit for each bucket whose `min` may be that of no entry
  std::uint32_t used_levels = 0;
  std::uint32_t run_begin = 0;
  std::uint32_t run_end = 0;
  std::uint32_t held_dead = 0;  // entries of `held` whose timer was erased
  Block* free = nullptr;
  Slab* slabs = nullptr;
  std::size_t blocks = 0;
  Bucket held;             // due entries of one single time, in order, when they are more than a run
  Entry run[run_entries];  // due entries in order, out of their buckets; without a slot if the timer was erased
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
  bool in_run(const Entry* entry) const noexcept { return entry >= run && entry < run + run_entries; }
  void release(Block* block) noexcept {
    block->prev = nullptr;
    block->next = free;
    free = block;
  }
};

// ---- slots

void* TimerQueue::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  if (bytes > max_memory_ - memory_) return nullptr;
  void* const memory = ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
  if (memory != nullptr) memory_ += bytes;
  return memory;
}

void TimerQueue::deallocate(void* memory, std::size_t bytes, std::size_t alignment) noexcept {
  ::operator delete(memory, std::align_val_t{alignment});
  memory_ -= bytes;
}

bool TimerQueue::grow_groups() noexcept {
  const std::uint32_t room = groups_room_ == 0 ? 8 : groups_room_ * 2;
  auto* const grown = static_cast<Group*>(allocate(sizeof(Group) * room, alignof(Group)));
  if (grown == nullptr) return false;
  std::copy_n(groups_, groups_size_, grown);
  deallocate(groups_, sizeof(Group) * groups_room_, alignof(Group));
  groups_ = grown;
  groups_room_ = room;
  return true;
}

// Makes a group with open slots. Its chunk begins with a generation that none of the chunks given back has reached, so
// a key from before is still stale.
bool TimerQueue::grow_slots() noexcept {
  if (empty_group_ == none && groups_size_ == groups_room_ && !grow_groups()) return false;
  void* const memory = allocate(sizeof(Chunk), alignof(Chunk));
  if (memory == nullptr) return false;
  auto* const chunk = new (memory) Chunk;
  for (std::size_t i = 0; i < slots_per_chunk; ++i) {
    chunk->where[i] = nullptr;
    chunk->slots[i].generation = first_generation_;
    TROUPE_POISON(chunk->slots[i].call.payload, TimerCall::room);
  }
  std::uint32_t index = empty_group_;
  if (index == none) {
    index = groups_size_++;
  } else {
    empty_group_ = static_cast<std::uint32_t>(groups_[index].open);
  }
  groups_[index] = Group{chunk, ~std::uint64_t{0}};
  chunk->next_open = open_group_;
  open_group_ = index;
  return true;
}

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

void TimerQueue::trim_slots() noexcept {
  for (std::uint32_t i = 0; i < groups_size_; ++i) {
    Chunk* const chunk = groups_[i].chunk;
    if (chunk == nullptr || ~groups_[i].open != 0) continue;
    for (const Slot& timer : chunk->slots) first_generation_ = std::max(first_generation_, timer.generation);
    TROUPE_UNPOISON(chunk, sizeof(Chunk));
    deallocate(chunk, sizeof(Chunk), alignof(Chunk));
    groups_[i].chunk = nullptr;
  }
  while (groups_size_ != 0 && groups_[groups_size_ - 1].chunk == nullptr) --groups_size_;
  open_group_ = empty_group_ = none;
  for (std::uint32_t i = groups_size_; i-- != 0;) {  // the lowest come first in their lists
    if (groups_[i].chunk == nullptr) {
      groups_[i].open = std::exchange(empty_group_, i);
    } else if (groups_[i].open != 0) {
      groups_[i].chunk->next_open = std::exchange(open_group_, i);
    }
  }
  if (groups_size_ == 0) {
    deallocate(groups_, sizeof(Group) * groups_room_, alignof(Group));
    groups_ = nullptr;
    groups_room_ = 0;
  }
}

// ---- blocks and buckets

// Each bucket in use may hold one block that is not full, and there are no more buckets in use than entries.
void TimerQueue::set_capacity() noexcept {
  constexpr std::size_t most_buckets = bucket_count + digits + 1;
  const std::size_t blocks = wheel_->blocks < spare_blocks ? 0 : wheel_->blocks - spare_blocks;
  capacity_ = blocks * block_entries / (block_entries + 1);
  if (capacity_ > most_buckets) capacity_ = std::max(most_buckets, (blocks - most_buckets) * block_entries);
}

void TimerQueue::set_limit() noexcept {
  limit_ = wheel_ == nullptr ? 0 : std::min(max_, capacity_ - wheel_->held_dead);
}

bool TimerQueue::grow_blocks() noexcept {
  const std::size_t count = std::clamp(wheel_->blocks, least_slab_blocks, greatest_slab_blocks);
  auto* const memory = allocate((count + 1) * sizeof(Block), alignof(Block));
  if (memory == nullptr) return false;
  wheel_->slabs = new (memory) Slab{wheel_->slabs, count};
  wheel_->blocks += count;
  for (std::size_t i = count; i-- != 0;) wheel_->release(new (wheel_->slabs->blocks() + i) Block);
  set_capacity();
  return true;
}

bool TimerQueue::grow_wheel() noexcept {
  if (wheel_ == nullptr) {
    void* const memory = allocate(sizeof(Wheel), alignof(Wheel));
    if (memory == nullptr) return false;
    wheel_ = new (memory) Wheel;
  }
  while (live_ + wheel_->held_dead >= capacity_) {
    if (!grow_blocks()) return false;
  }
  set_limit();
  return true;
}

// The free list is made anew from the slabs that stay.
void TimerQueue::trim_wheel() noexcept {
  if (wheel_ == nullptr) return;
  const auto is_free = [](const Block& block) { return block.prev == nullptr; };
  wheel_->free = nullptr;
  for (Slab** link = &wheel_->slabs; *link != nullptr;) {
    Slab* const slab = *link;
    Block* const end = slab->blocks() + slab->count;
    wheel_->blocks -= slab->count;
    set_capacity();
    const bool suffices = live_ + wheel_->held_dead <= capacity_ && std::all_of(slab->blocks(), end, is_free);
    if (live_ == 0 || suffices) {
      *link = slab->next;
      deallocate(slab, (slab->count + 1) * sizeof(Block), alignof(Block));
      continue;
    }
    wheel_->blocks += slab->count;
    for (Block* block = end; block-- != slab->blocks();) {
      if (is_free(*block)) wheel_->release(block);
    }
    link = &slab->next;
  }
  set_capacity();
  if (live_ == 0) {
    deallocate(wheel_, sizeof(Wheel), alignof(Wheel));
    wheel_ = nullptr;
    capacity_ = 0;
    pending_ = false;
  }
  set_limit();
}

// Gives a bucket another block. `number` is its place in the wheel, or `none` for one that has no place.
[[gnu::noinline]] void TimerQueue::extend(Bucket& bucket, std::size_t number) noexcept {
  Wheel& wheel = *wheel_;
  Block* const block = wheel.free;
  wheel.free = block->next;
  Bucket::prefetch(wheel.free);  // for the next time
  if (bucket.is_empty()) {
    block->next = block->prev = block;
    if (number < bucket_count) {
      wheel.used[number / digits] |= bit_of(number);
      wheel.used_levels |= 1u << (number / digits);
    }
  } else {
    Block* const tail = bucket.tail();
    block->prev = tail;
    block->next = tail->next;
    block->next->prev = block;
    tail->next = block;
  }
  bucket.end = block->entries;
}

TROUPE_INLINE void TimerQueue::put(Bucket& bucket, std::size_t number, const Entry& entry, Entry*& where) noexcept {
  if (bucket.is_full()) [[unlikely]]
    extend(bucket, number);
  Entry* const at = bucket.end;
  *at = Entry{entry.at, entry.slot, entry.flags, static_cast<std::uint16_t>(number)};
  bucket.end = at + 1;
  if (entry.at < bucket.min) [[unlikely]]
    bucket.min = entry.at;
  where = at;
}

TROUPE_INLINE std::size_t TimerQueue::bucket_of(std::uint64_t at) const noexcept {
  const Place place = places[static_cast<std::size_t>(std::countl_zero((at ^ base_) | 1))];
  return place.first + ((at >> place.shift) & (digits - 1));
}

TROUPE_INLINE void TimerQueue::file(const Entry& entry, Entry*& where) noexcept {
  const std::size_t number = bucket_of(entry.at);
  put(wheel_->buckets[number], number, entry, where);
}

// Takes the last entry off.
TROUPE_INLINE void TimerQueue::pop(Bucket& bucket, std::size_t number) noexcept {
  Entry* const last = bucket.end - 1;
  bucket.end = last;
  if (Block* const block = Bucket::block_of(last); last == block->entries) [[unlikely]]
    shrink(bucket, number, block);
}

[[gnu::noinline]] void TimerQueue::shrink(Bucket& bucket, std::size_t number, Block* block) noexcept {
  Block* const tail = block->prev;
  if (tail != block) {
    tail->next = block->next;
    tail->next->prev = tail;
    bucket.end = tail->entries + block_entries;
  } else if (number < bucket_count) {
    wheel_->forget(number);
  } else {
    bucket = Bucket();
  }
  wheel_->release(block);
}

TROUPE_INLINE void TimerQueue::remove(Entry* entry) noexcept {
  if (pending_) [[unlikely]] {
    if (remove_pending(entry)) return;
  }
  const std::size_t number = entry->bucket;
  Bucket& bucket = wheel_->buckets[number];
  if (entry->at == bucket.min) [[unlikely]]
    wheel_->stale[number / digits] |= bit_of(number);
  if (Entry* const last = bucket.end - 1; entry != last) {
    *entry = *last;
    entry->flags |= late;
    where(entry->slot) = entry;
  }
  pop(bucket, number);
}

// Removes an entry that is due but not yet stepped. It leaves a gap, for what it is among is in order and gone soon.
TROUPE_COLD bool TimerQueue::remove_pending(Entry* entry) noexcept {
  Wheel& wheel = *wheel_;
  if (wheel.in_run(entry)) {
    entry->slot = none;
    return true;
  }
  if (wheel.held.is_empty() || entry->at != wheel.held.min) return false;
  entry->slot = none;
  ++wheel.held_dead;
  set_limit();
  return true;
}

// Empties a bucket into `f(const Entry&)`, in order. A block is free as soon as it is read.
template <class F> TROUPE_INLINE void TimerQueue::drain(Bucket& bucket, F f) noexcept {
  std::exchange(bucket, Bucket()).each_block([this, &f](Block* block, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) f(block->entries[i]);
    wheel_->release(block);
  });
}

// ---- adding, changing, ending

// Files an entry for a timer of which none is filed, at its expiry or a waypoint.
void TimerQueue::arm(std::uint32_t index, std::uint64_t now) noexcept {
  Slot& timer = slot(index);
  const auto kind = static_cast<std::uint32_t>(timer.order & kind_bits);
  timer.armed = kind == static_cast<std::uint32_t>(TimerKind::min) ? waypoint(timer.target, now) : timer.target;
  file(Entry{timer.armed, index, static_cast<std::uint16_t>(kind | late), 0}, where(index));
}

TROUPE_COLD void TimerQueue::grow() {
  if (live_ >= max_ || !grow_wheel() || (open_group_ == none && !grow_slots())) TROUPE_THROW(std::bad_alloc());
}

TimerQueue::Opened TimerQueue::open(std::uint64_t at, std::uint64_t now, TimerKind kind) {
  if (live_ >= limit_ || open_group_ == none) [[unlikely]]
    grow();
  const std::uint32_t number = open_group_;
  Group& group = groups_[number];
  Chunk& chunk = *group.chunk;
  const auto place = static_cast<std::uint32_t>(std::countr_zero(group.open));
  group.open &= group.open - 1;
  if (group.open == 0) [[unlikely]] {
    open_group_ = chunk.next_open;
    if (open_group_ != none) __builtin_prefetch(&groups_[open_group_].chunk->next_open);
  }
  ++live_;

  now = std::max(now, now_);
  if (at <= now) [[unlikely]]
    at = after(now);
  Slot& timer = chunk.slots[place];
  __builtin_prefetch(&timer + slots_ahead, 1);  // the next ones to be opened are beside it
  timer.target = at;
  timer.order = next_order_ | static_cast<std::uint64_t>(kind);
  next_order_ += kind_bits + 1;
  if (kind == TimerKind::min) at = waypoint(at, now);
  timer.armed = at;
  TROUPE_UNPOISON(timer.call.payload, TimerCall::room);
  const std::uint32_t index = number * slots_per_chunk + place;
  file(Entry{at, index, static_cast<std::uint16_t>(kind), 0}, chunk.where[place]);
  return Opened{&timer.call, detail::TimerId{index, timer.generation}};
}

bool TimerQueue::update_min(MinTimerKey key, Instant at, Instant now) noexcept {
  Chunk* const chunk = find(key.id_);
  if (chunk == nullptr) return false;
  Slot& timer = chunk->slots[key.id_.slot % slots_per_chunk];
  const std::uint64_t present = std::max(tick(now), now_);
  const std::uint64_t target = std::max(tick(at), after(present));
  if (target >= timer.target) return true;
  timer.target = target;
  if (target >= timer.armed) return true;
  remove(where(key.id_.slot));
  arm(key.id_.slot, present);
  return true;
}

// Destroys the payload of a timer whose entry is gone. Its slot is not given out again before that is done.
TROUPE_INLINE void TimerQueue::cancel(std::uint32_t index, Chunk& chunk) noexcept {
  Slot& timer = chunk.slots[index % slots_per_chunk];
  timer.generation = next_generation(timer.generation);
  chunk.where[index % slots_per_chunk] = nullptr;
  --live_;
  timer.call.step(nullptr, timer.call.payload);
  close(index);
}

bool TimerQueue::erase_id(detail::TimerId id) noexcept {
  Chunk* const chunk = find(id);
  if (chunk == nullptr) return false;
  remove(chunk->where[id.slot % slots_per_chunk]);
  cancel(id.slot, *chunk);
  return true;
}

void TimerQueue::clear() noexcept {
  while (live_ != 0) {
    Wheel& wheel = *wheel_;
    std::uint32_t index = none;
    if (wheel.run_end != wheel.run_begin) {
      index = wheel.run[--wheel.run_end].slot;
    } else if (!wheel.held.is_empty()) {
      index = wheel.held.end[-1].slot;
      pop(wheel.held, none);
      if (index == none) --wheel.held_dead;
    } else {
      const std::size_t number = wheel.first_used();
      index = wheel.buckets[number].end[-1].slot;
      wheel.stale[number / digits] |= bit_of(number);
      pop(wheel.buckets[number], number);
    }
    if (index != none) cancel(index, *groups_[index / slots_per_chunk].chunk);
  }
  set_limit();
}

void TimerQueue::trim() noexcept {
  if (advancing_) return;
  trim_slots();
  trim_wheel();
}

void TimerQueue::set_max_timers(std::size_t count) noexcept {
  max_ = std::min(count, default_max_timers);
  set_limit();
}

TimerQueue::~TimerQueue() {
  clear();
  trim();
}

std::optional<Instant> TimerQueue::next_expiry() const noexcept {
  if (live_ == 0) return std::nullopt;
  Wheel& wheel = *wheel_;
  for (std::uint32_t i = wheel.run_begin; i != wheel.run_end; ++i) {
    if (wheel.run[i].slot != none) return instant(wheel.run[i].at);
  }
  if (wheel.held_has_live()) return instant(wheel.held.min);
  const std::size_t number = wheel.first_used();
  Bucket& bucket = wheel.buckets[number];
  std::uint64_t& stale = wheel.stale[number / digits];
  if ((stale & bit_of(number)) != 0 && bucket.fits(run_entries)) {
    std::uint64_t min = forever;
    bucket.each([&min](const Entry& entry) { min = std::min(min, entry.at); });
    bucket.min = min;
    stale &= ~bit_of(number);
  }
  return instant(bucket.min);
}

// ---- time

// Whether an entry that has come is due, no later than `limit`. If not, its timer was moved, and is armed again.
bool TimerQueue::settle(Entry& entry, std::uint64_t limit, std::uint64_t now) noexcept {
  const std::uint64_t target = slot(entry.slot).target;
  if (target > limit) {
    arm(entry.slot, now);
    return false;
  }
  entry.at = target;
  return true;
}

// Moves the due entries of a bucket that fits to the run, sorted; those that are not due go back into the wheel, whose
// base is no longer before them. `last` is the latest time in the bucket.
void TimerQueue::gather(std::size_t bucket, std::uint64_t last, std::uint64_t now) noexcept {
  Wheel& wheel = *wheel_;
  Entry* const first = wheel.run + wheel.run_end;
  Entry* read = first;
  Bucket gathered = wheel.buckets[bucket];
  wheel.forget(bucket);
  drain(gathered, [this, &read](const Entry& entry) {
    __builtin_prefetch(&slot(entry.slot), 1);
    *read++ = entry;
  });
  const std::uint64_t limit = std::min(last, now);
  const auto precedes = [this](const Entry& a, const Entry& b) {
    if (a.at != b.at) return a.at < b.at;
    return ((a.flags | b.flags) & late) != 0 && slot(a.slot).order < slot(b.slot).order;
  };
  Entry* end = first;
  for (Entry* from = first; from != read; ++from) {
    Entry entry = *from;
    if (entry.at > now) {
      file(entry, where(entry.slot));
      continue;
    }
    if ((entry.flags & kind_bits) != 0 && !settle(entry, limit, now)) continue;
    Entry* to = end++;
    for (; to != first && precedes(entry, to[-1]); --to) *to = to[-1];
    *to = entry;
  }
  for (Entry* entry = first; entry != end; ++entry) where(entry->slot) = entry;
  wheel.run_end = static_cast<std::uint32_t>(end - wheel.run);
}

// Distributes a bucket's entries over nearer buckets; the base has been moved into its span.
void TimerQueue::deal(std::size_t bucket) noexcept {
  const Bucket dealt = wheel_->buckets[bucket];
  wheel_->forget(bucket);
  dealt.each_block([this](Block* block, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) __builtin_prefetch(&where(block->entries[i].slot), 1);
    for (std::size_t i = 0; i < n; ++i) file(block->entries[i], where(block->entries[i].slot));
    wheel_->release(block);
  });
}

// Sets a bucket of one single time, which is the base, aside in the order of creation.
void TimerQueue::hold(std::size_t bucket) noexcept {
  Wheel& wheel = *wheel_;
  wheel.held = Bucket{wheel.buckets[bucket].end, base_};
  wheel.forget(bucket);
  bool sorted = true;
  wheel.held.each([&sorted](const Entry& entry) { sorted = sorted && (entry.flags & late) == 0; });
  if (!sorted) sort_held();
}

// By the number of creation, digit by digit from the lowest that differs.
void TimerQueue::sort_held() noexcept {
  std::uint64_t all = forever;
  std::uint64_t any = 0;
  wheel_->held.each([this, &all, &any](const Entry& entry) {
    all &= slot(entry.slot).order;
    any |= slot(entry.slot).order;
  });
  for (unsigned shift = 0; shift < 64; shift += digit_bits) {
    if ((((all ^ any) >> shift) & (digits - 1)) == 0) continue;
    drain(wheel_->held, [this, shift](const Entry& entry) {
      put(wheel_->lists[(slot(entry.slot).order >> shift) & (digits - 1)], none, entry, where(entry.slot));
    });
    for (Bucket& list : wheel_->lists) {
      drain(list, [this](const Entry& entry) { put(wheel_->held, none, entry, where(entry.slot)); });
    }
  }
}

// Moves as many whole blocks to the run as fit.
void TimerQueue::gather_held(std::uint64_t now) noexcept {
  Wheel& wheel = *wheel_;
  while (!wheel.held.is_empty()) {
    Block* const tail = wheel.held.tail();
    Block* const block = tail->next;
    const std::size_t n = block == tail ? wheel.held.tail_entries() : block_entries;
    if (run_entries - wheel.run_end < n) return;
    for (std::size_t i = 0; i < n; ++i) {
      if (block->entries[i].slot != none) __builtin_prefetch(&slot(block->entries[i].slot), 1);
    }
    for (std::size_t i = 0; i < n; ++i) {
      Entry entry = block->entries[i];
      if (entry.slot == none) {
        --wheel.held_dead;
      } else if ((entry.flags & kind_bits) == 0 || settle(entry, entry.at, now)) {
        where(entry.slot) = &wheel.run[wheel.run_end];
        wheel.run[wheel.run_end++] = entry;
      }
    }
    tail->next = block->next;
    block->next->prev = tail;
    if (block == tail) wheel.held = Bucket();
    wheel.release(block);
  }
  set_limit();
}

// Fills the run with what is due next. False if nothing is due any more: then the base is at `now`.
bool TimerQueue::collect(std::uint64_t now) noexcept {
  Wheel& wheel = *wheel_;
  wheel.run_begin = wheel.run_end = 0;
  for (;;) {
    if (!wheel.held.is_empty()) {
      gather_held(now);
      if (wheel.run_end != 0) return true;
      continue;
    }
    if (wheel.used_levels == 0) break;
    const std::size_t number = wheel.first_used();
    const std::size_t level = number / digits;
    const std::uint64_t above = level + 1 < levels ? base_ & ~span(level + 1) : 0;
    const std::uint64_t start = above | (std::uint64_t{number % digits} << (digit_bits * level));
    const std::uint64_t last = start | span(level);
    if (start > now) break;
    if (wheel.buckets[number].min > now) {
      base_ = now;
      deal(number);
      break;
    }
    if (wheel.buckets[number].fits(run_entries - wheel.run_end)) {
      base_ = last <= now ? start : now;
      gather(number, last, now);
    } else if (wheel.run_end != 0) {
      return true;
    } else {
      base_ = start;
      level != 0 ? deal(number) : hold(number);
    }
  }
  base_ = std::max(base_, now);
  return wheel.run_end != 0;
}

// Steps the run. False if a step had no memory.
bool TimerQueue::fire(Core& core) noexcept {
  Wheel& wheel = *wheel_;
  while (wheel.run_begin != wheel.run_end) {
    const Entry entry = wheel.run[wheel.run_begin++];
    if (entry.slot == none) continue;
    Slot& timer = slot(entry.slot);
    if (timer.target > entry.at && timer.target > base_) [[unlikely]] {  // a max timer that was pushed on since
      arm(entry.slot, now_);
      continue;
    }
    Entry* const place = std::exchange(where(entry.slot), nullptr);
    const std::uint32_t generation = std::exchange(timer.generation, next_generation(timer.generation));
    --live_;
    if (!timer.call.step(std::addressof(core), timer.call.payload)) [[unlikely]] {
      where(entry.slot) = place;
      timer.generation = generation;
      ++live_;
      --wheel.run_begin;
      return false;
    }
    close(entry.slot);
  }
  return true;
}

void TimerQueue::advance(Instant now, Core& core) noexcept {
  if (advancing_) panic("the timers were advanced from inside a timer's step", "TimerQueue::advance");
  now_ = std::max(now_, tick(now));
  if (live_ == 0) {
    base_ = now_;
    return;
  }
  advancing_ = pending_ = true;
  while (fire(core) && collect(now_)) {}
  pending_ = wheel_->run_begin != wheel_->run_end || !wheel_->held.is_empty();
  advancing_ = false;
}

}  // namespace troupe
