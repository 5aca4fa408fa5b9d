// core/timer_queue_advance.cpp: time passes: buckets are dealt out, and what is due is stepped in
// order.
#include <algorithm>
#include <memory>

#include <troupe/base/panic.hpp>

#include "timer_queue_wheel.hpp"

namespace troupe {

// Whether an entry that has come is due, no later than `limit`. If not, its timer was moved, and is
// armed again.
bool TimerQueue::check_due(Entry& entry, std::uint64_t limit, std::uint64_t now) noexcept {
  const std::uint64_t target = slot(entry.slot).target;
  if (target > limit) {
    arm(entry.slot, now);
    return false;
  }
  entry.at = target;
  return true;
}

// Moves the due entries of a bucket that fits to the run, sorted; those that are not due go back
// into the wheel. The base is at the end of the bucket's span, or at `now` if that comes first: so
// the run holds all that is due up to the base, and the wheel what comes later.
void TimerQueue::gather(std::size_t bucket, std::uint64_t now) noexcept {
  Wheel& wheel = *wheel_;
  Entry* const first = wheel.run + wheel.run_end;
  Entry* read = first;
  Bucket gathered = wheel.buckets[bucket];
  wheel.forget(bucket);
  drain(gathered, [this, &read](const Entry& entry) {
    __builtin_prefetch(&slot(entry.slot), 1);
    *read++ = entry;
  });
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
    if ((entry.flags & kind_bits) != 0 && !check_due(entry, base_, now)) continue;
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
      append(wheel_->lists[(slot(entry.slot).order >> shift) & (digits - 1)], none, entry,
             where(entry.slot));
    });
    for (Bucket& list : wheel_->lists) {
      drain(list,
            [this](const Entry& entry) { append(wheel_->held, none, entry, where(entry.slot)); });
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
      } else if ((entry.flags & kind_bits) == 0 || check_due(entry, entry.at, now)) {
        where(entry.slot) = &wheel.run[wheel.run_end];
        wheel.run[wheel.run_end++] = entry;
      }
    }
    tail->next = block->next;
    block->next->prev = tail;
    if (block == tail) wheel.held = Bucket();
    wheel.release(block);
  }
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
    const std::uint64_t above = level + 1 < level_count ? base_ & ~span(level + 1) : 0;
    const std::uint64_t start = above | (std::uint64_t{number % digits} << (digit_bits * level));
    const std::uint64_t last = start | span(level);
    if (start > now) break;
    if (wheel.buckets[number].min > now) {
      base_ = now;
      deal(number);
      break;
    }
    if (wheel.buckets[number].fits(run_entries - wheel.run_end)) {
      base_ = std::min(last, now);
      gather(number, now);
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

// A max timer that was pushed on since it joined the run, whose next place is free: into the wheel,
// or to where it is due in the run now, which holds all that is due up to the base.
TROUPE_COLD void TimerQueue::put_off(Entry entry) noexcept {
  Wheel& wheel = *wheel_;
  const Slot& timer = slot(entry.slot);
  if (timer.target > base_) return arm(entry.slot, now_);
  entry.at = timer.target;
  const auto comes_before = [&](const Entry& other) {
    if (other.at != entry.at) return other.at < entry.at;
    return other.slot == none || slot(other.slot).order < timer.order;
  };
  Entry* to = wheel.run + --wheel.run_begin;
  for (; to + 1 != wheel.run + wheel.run_end && comes_before(to[1]); ++to) {
    *to = to[1];
    if (to->slot != none) where(to->slot) = to;
  }
  *to = entry;
  where(entry.slot) = to;
}

// Steps the run. False if a step had no memory.
bool TimerQueue::fire(Core& core) noexcept {
  Wheel& wheel = *wheel_;
  while (wheel.run_begin != wheel.run_end) {
    const Entry entry = wheel.run[wheel.run_begin++];
    if (entry.slot == none) continue;
    Slot& timer = slot(entry.slot);
    if (timer.target > entry.at) [[unlikely]] {
      put_off(entry);
      continue;
    }
    Entry* const place = std::exchange(where(entry.slot), nullptr);
    ++timer.generation;
    --live_;
    if (!timer.call.step(std::addressof(core), timer.call.payload)) [[unlikely]] {
      where(entry.slot) = place;
      --timer.generation;
      ++live_;
      --wheel.run_begin;
      return false;
    }
    close(entry.slot);
  }
  return true;
}

void TimerQueue::advance(Instant now, Core& core) noexcept {
  if (advancing_)
    panic("the timers were advanced from inside a timer's step", "TimerQueue::advance");
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
