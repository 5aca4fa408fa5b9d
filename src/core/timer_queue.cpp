// core/timer_queue.cpp: adding, moving and ending timers.
#include <algorithm>
#include <atomic>
#include <new>

#include <troupe/base/panic.hpp>

#include "timer_queue_wheel.hpp"

namespace troupe {
namespace {

constexpr std::uint64_t no_waypoint_within = std::uint64_t{1} << 29;  // 537 ms

// The next time to look at a min timer, which is not before now. The grid is a sixteenth to an
// eighth of the gap.
std::uint64_t waypoint(std::uint64_t target, std::uint64_t now) noexcept {
  if (target - now < no_waypoint_within) return target;
  const std::uint64_t gap = target - now;
  const std::uint64_t grid = std::uint64_t{1} << (std::bit_width(gap) - 4);
  return (target - gap / 4 + (grid - 1)) & ~(grid - 1);
}

// Origins step by the golden ratio, which keeps any number of queues apart. The step is even, as
// origins are, and half of it is odd, so that all even numbers come.
std::uint32_t next_origin() noexcept {
  static constinit std::atomic<std::uint32_t> last{0};
  constexpr std::uint32_t step = 0x9E37'79BA;
  return last.fetch_add(step, std::memory_order_relaxed);
}

std::uint64_t after(std::uint64_t now) noexcept { return now == forever ? now : now + 1; }

}  // namespace

TimerQueue::TimerQueue(Instant start) noexcept
    : origin_(next_origin()), first_generation_(origin_), base_(tick(start)), now_(base_) {}

// Files an entry for a timer of which none is filed, at its expiry or a waypoint.
void TimerQueue::arm(std::uint32_t index, std::uint64_t now) noexcept {
  const Slot& timer = slot(index);
  const auto kind = static_cast<TimerKind>(timer.order & kind_bits);
  const std::uint64_t at =
      kind == TimerKind::min ? waypoint(timer.target, std::min(now, timer.target)) : timer.target;
  file(Entry{at, index, static_cast<std::uint16_t>(static_cast<unsigned>(kind) | late), 0},
       where(index));
}

// Makes what `open` found missing: a slot to give out, room in the bucket. Apart from it, so that
// it needs no frame.
[[gnu::noinline]] TimerQueue::Opened TimerQueue::open_slowly(std::uint64_t at, std::uint64_t now,
                                                             TimerKind kind) {
  if (asker_ != nullptr) asker_->ask();
  if (next_slot_ == slots_end_ && !take_slots()) TROUPE_THROW(std::bad_alloc());
  const std::size_t number = bucket_of(kind == TimerKind::min ? waypoint(at, now) : at);
  Bucket& bucket = wheel_->buckets[number];
  if (bucket.is_full()) extend(bucket, number);
  return open(at, now, kind);
}

TimerQueue::Opened TimerQueue::open(std::uint64_t at, std::uint64_t now, TimerKind kind) {
  now = std::max(now, now_);
  if (at <= now) [[unlikely]]
    at = after(now);
  const std::uint32_t index = next_slot_;
  if (index == slots_end_) [[unlikely]]
    return open_slowly(at, now, kind);
  const std::uint64_t armed = kind == TimerKind::min ? waypoint(at, now) : at;
  const std::size_t number = bucket_of(armed);
  Bucket& bucket = wheel_->buckets[number];
  if (bucket.is_full()) [[unlikely]]
    return open_slowly(at, now, kind);
  ++live_;
  next_slot_ = index + 1;
  Chunk& chunk = *open_chunk_;
  Slot& timer = chunk.slots[index % slots_per_chunk];
  __builtin_prefetch(&timer + slots_ahead, 1);  // the next ones to be opened are beside it
  timer.target = at;
  timer.order = next_order_ | static_cast<std::uint64_t>(kind);
  next_order_ += kind_bits + 1;
  TROUPE_UNPOISON(timer.call.payload, TimerCall::room);
  put(bucket, number, Entry{armed, index, static_cast<std::uint16_t>(kind), 0},
      chunk.where[index % slots_per_chunk]);
  return Opened{&timer.call, detail::TimerId(index, ++timer.generation)};
}

bool TimerQueue::update_min(MinTimerKey key, Instant at, Instant now) noexcept {
  Chunk* const chunk = find(key.id_);
  if (chunk == nullptr) return false;
  Slot& timer = chunk->slots[key.id_.slot() % slots_per_chunk];
  const std::uint64_t present = std::max(tick(now), now_);
  const std::uint64_t target = std::max(tick(at), after(present));
  if (target >= timer.target) return true;
  timer.target = target;
  Entry* const entry = chunk->where[key.id_.slot() % slots_per_chunk];
  if (target >= entry->at) return true;
  if (asker_ != nullptr) asker_->ask();
  remove(entry);
  arm(key.id_.slot(), present);
  return true;
}

// Destroys the payload of a timer whose entry is gone. Its slot is not given out again before that
// is done.
TROUPE_INLINE void TimerQueue::cancel(std::uint32_t index, Chunk& chunk) noexcept {
  Slot& timer = chunk.slots[index % slots_per_chunk];
  ++timer.generation;
  chunk.where[index % slots_per_chunk] = nullptr;
  --live_;
  timer.call.step(nullptr, timer.call.payload);
  close(index);
}

bool TimerQueue::erase_id(detail::TimerId id) noexcept {
  Chunk* const chunk = find(id);
  if (chunk == nullptr) return false;
  remove(chunk->where[id.slot() % slots_per_chunk]);
  cancel(id.slot(), *chunk);
  return true;
}

void TimerQueue::clear() noexcept {
  while (live_ != 0) {
    Wheel& wheel = *wheel_;
    std::uint32_t index = none;
    if (wheel.run_end != wheel.run_begin) {
      index = wheel.run[--wheel.run_end].slot;
    } else if (!wheel.held.is_empty()) {
      index = last(wheel.held)->slot;
      pop(wheel.held, none);
      if (index == none) --wheel.held_dead;
    } else {
      const std::size_t number = wheel.first_used();
      index = last(wheel.buckets[number])->slot;
      wheel.stale[number / digits] |= bit_of(number);
      pop(wheel.buckets[number], number);
    }
    if (index != none) cancel(index, *groups_[index / slots_per_chunk].chunk);
  }
}

void TimerQueue::trim() noexcept {
  if (advancing_) return;
  give_back_slots();
  trim_slots();
  trim_wheel();
}

void TimerQueue::set_max_timers(std::size_t count) noexcept {
  max_ = std::min(count, default_max_timers);
  give_back_slots();
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
