// core/timer_queue.cpp: adding, moving and ending timers.
#include <algorithm>
#include <new>

#include <troupe/base/panic.hpp>

#include "timer_wheel.hpp"

namespace troupe {
namespace {

constexpr std::size_t slots_ahead = 6;
constexpr std::uint64_t no_waypoint_within = std::uint64_t{1} << 29;  // 537 ms

// The next time to look at a min timer. The grid is a sixteenth to an eighth of the gap.
std::uint64_t waypoint(std::uint64_t target, std::uint64_t now) noexcept {
  if (target <= now || target - now < no_waypoint_within) return target;
  const std::uint64_t gap = target - now;
  const std::uint64_t grid = std::uint64_t{1} << (std::bit_width(gap) - 4);
  return (target - gap / 4 + (grid - 1)) & ~(grid - 1);
}

std::uint64_t after(std::uint64_t now) noexcept { return now == forever ? now : now + 1; }

}  // namespace

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

}  // namespace troupe
