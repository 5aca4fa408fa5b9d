// core/timer_queue_slots.cpp: the slots of timers: taking them in groups, and giving groups back.
#include <algorithm>
#include <new>

#include "timer_queue_wheel.hpp"

namespace troupe {

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

// Makes a group with open slots. Its chunk begins with a generation that none of the chunks given
// back has reached, so a key from before is still stale.
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

// Takes open slots that are side by side, for `open` to give out: as many as there is room for
// timers. Until they are given back they count as used.
bool TimerQueue::take_slots() noexcept {
  if (live_ >= max_ || !grow_wheel() || (open_group_ == none && !grow_slots())) return false;
  const std::uint32_t number = open_group_;
  Group& group = groups_[number];
  const int first = std::countr_zero(group.open);
  const std::uint64_t side_by_side =
      static_cast<std::uint64_t>(std::countr_one(group.open >> first));
  const std::uint64_t room = std::min(max_, capacity_ - wheel_->held_dead) - live_;
  const auto count = static_cast<std::uint32_t>(std::min(side_by_side, room));
  open_chunk_ = group.chunk;
  next_slot_ = number * slots_per_chunk + static_cast<std::uint32_t>(first);
  slots_end_ = next_slot_ + count;
  group.open &= ~(forever >> (64 - count) << first);
  if (group.open == 0) open_group_ = group.chunk->next_open;
  if (open_group_ != none) prefetch_open(groups_[open_group_]);
  return true;
}

void TimerQueue::give_back_slots() noexcept {
  if (asker_ != nullptr) slots_end_ = hidden_end_;
  while (next_slot_ != slots_end_) close(next_slot_++);
}

// Asks for what the next slots to be taken touch.
void TimerQueue::prefetch_open(const Group& group) noexcept {
  const int first = std::countr_zero(group.open);
  __builtin_prefetch(&group.chunk->next_open);
  for (int i = first; i < static_cast<int>(slots_per_chunk); i += 8)
    __builtin_prefetch(&group.chunk->where[i], 1);
  for (std::size_t i = 0; i < slots_ahead; ++i)
    __builtin_prefetch(&group.chunk->slots[first] + i, 1);
}

void TimerQueue::trim_slots() noexcept {
  for (std::uint32_t i = 0; i < groups_size_; ++i) {
    Chunk* const chunk = groups_[i].chunk;
    if (chunk == nullptr || ~groups_[i].open != 0) continue;
    for (const Slot& timer : chunk->slots) {
      if (timer.generation - origin_ > first_generation_ - origin_)
        first_generation_ = timer.generation;
    }
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

}  // namespace troupe
