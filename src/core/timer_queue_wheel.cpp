// core/timer_queue_wheel.cpp: the blocks of the wheel's buckets: making enough of them beforehand,
// dealing them out.
#include <algorithm>
#include <new>

#include "timer_queue_wheel.hpp"

namespace troupe {
namespace {

constexpr std::size_t least_slab_blocks = 15;      // 4 KB
constexpr std::size_t greatest_slab_blocks = 255;  // 64 KB
constexpr std::size_t spare_blocks =
    4;  // a bucket that is drained holds one block more than it needs

}  // namespace

// Each bucket in use may hold one block that is not full, and there are no more buckets in use than
// entries.
void TimerQueue::set_capacity() noexcept {
  constexpr std::size_t most_buckets = bucket_count + digits + 1;
  const std::size_t blocks = wheel_->blocks < spare_blocks ? 0 : wheel_->blocks - spare_blocks;
  capacity_ = blocks * block_entries / (block_entries + 1);
  if (capacity_ > most_buckets)
    capacity_ = std::max(most_buckets, (blocks - most_buckets) * block_entries);
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
    const bool suffices =
        live_ + wheel_->held_dead <= capacity_ && std::all_of(slab->blocks(), end, is_free);
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
}

// Gives a bucket another block. `number` is its place in the wheel, or `none` for one that has no
// place.
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

// Takes the last block of several away, which is empty.
[[gnu::noinline]] void TimerQueue::shrink(Bucket& bucket) noexcept {
  Block* const block = bucket.tail();
  Block* const tail = block->prev;
  tail->next = block->next;
  tail->next->prev = tail;
  bucket.end = tail->entries + block_entries;
  wheel_->release(block);
}

// The last block has become empty.
[[gnu::noinline]] void TimerQueue::vacate(Bucket& bucket, std::size_t number) noexcept {
  Block* const block = bucket.tail();
  if (block->next != block) return;
  if (number < bucket_count) {
    wheel_->forget(number);
  } else {
    bucket = Bucket();
  }
  wheel_->release(block);
}

// Removes an entry that is due but not yet stepped. It leaves a gap, for what it is among is in
// order and gone soon.
TROUPE_COLD bool TimerQueue::remove_pending(Entry* entry) noexcept {
  Wheel& wheel = *wheel_;
  if (wheel.in_run(entry)) {
    entry->slot = none;
    return true;
  }
  if (wheel.held.is_empty() || entry->at != wheel.held.min) return false;
  entry->slot = none;
  ++wheel.held_dead;
  return true;
}

}  // namespace troupe
