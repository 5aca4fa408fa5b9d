// core/timer_queue.hpp: the timers of one runtime, kept so that the next ones due are found without
// a search. (internal)
//
// Two parts. Slots hold what a timer does and when; they never move, and a key names one. The wheel
// holds small entries (time, slot) in buckets: a bucket is told by the highest group of bits in
// which its times differ from the wheel's base, and by their value in that group, so a bucket near
// the base spans nanoseconds and a far one years. Adding appends to a bucket; erasing fills the gap
// with the bucket's last entry; when time reaches a bucket its entries are dealt out to nearer
// buckets, or, if they are few, sorted and fired. So an entry moves a few times, sequentially, and
// its slot (which is what misses the cache when there are many timers) is touched when the timer is
// made and when it ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <troupe/base/time.hpp>
#include <troupe/core/timer_key.hpp>
#include <troupe/core/turn_asker.hpp>

namespace troupe {

class Core;

/// What a due timer does: a function and 24 bytes that belong to it. Kept in the timer's slot,
/// which never moves.
struct TimerCall {
  /// Bytes of payload. A larger callable sits behind a pointer; who makes it owns that.
  static constexpr std::size_t room = 24;
  /// With a core: moves the payload to the end of that core's main queue, destroys it here, and
  /// returns true; or returns false if there is no memory, the payload untouched, and is tried
  /// again at the next `advance`. With a null core: destroys the payload unrun and returns true.
  /// May add, update and erase other timers of the queue; may not call `advance`. Its own timer is
  /// no longer active when it is called.
  using Step = bool (*)(Core* core, std::byte* payload) noexcept;
  Step step = nullptr;
  alignas(8) std::byte payload[room];
};

/// The timers of one runtime, in exact order: expiry in nanoseconds, then creation. Never early.
/// Any `Instant` is a valid expiry, the farthest future too; one at or before now means now + 1 ns,
/// so that it fires at a later `advance` with a later now, never in the same one. Not for use by
/// several threads at once.
///
/// Cost: adding and erasing take constant time, some tens of instructions. A timer's entry is moved
/// at most 11 times on its way (2 to 4 times is usual); the moves of all timers in one bucket
/// happen in one `advance`. Memory: 72 bytes of slot and 17 to 300 of entry per timer (the more
/// timers, the less), kept for later timers until `trim`; nothing is allocated while the number of
/// timers stays below its highest so far.
class TimerQueue {
 public:
  /// How many timers may be alive, unless `set_max_timers` says less.
  static constexpr std::size_t default_max_timers = std::size_t{1} << 31;

  /// An empty queue, which allocates nothing until the first timer. @param start no timer fires at
  /// or before it
  explicit TimerQueue(Instant start) noexcept;
  /// Destroys all payloads unrun, those too that such a destruction adds.
  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  /// Adds a timer for `at`. @param now the present, no earlier than that of the last `advance`
  /// @param fill called once as `fill(TimerCall&)`, must be noexcept: sets `step` and constructs
  /// the payload
  /// @throws std::bad_alloc without memory, or at the bound (`set_max_timers`); then `fill` is not
  /// called, nothing changes
  template <class Fill> FixedTimerKey add_fixed(Instant at, Instant now, Fill&& fill) {
    return FixedTimerKey(add(at, now, TimerKind::fixed, std::forward<Fill>(fill)));
  }
  /// Adds a timer that `update_max` can push later; parameters and errors of `add_fixed`.
  template <class Fill> MaxTimerKey add_max(Instant at, Instant now, Fill&& fill) {
    return MaxTimerKey(add(at, now, TimerKind::max, std::forward<Fill>(fill)));
  }
  /// Adds a timer that `update_min` can pull earlier; parameters and errors of `add_fixed`.
  template <class Fill> MinTimerKey add_min(Instant at, Instant now, Fill&& fill) {
    return MinTimerKey(add(at, now, TimerKind::min, std::forward<Fill>(fill)));
  }

  /// Makes a max timer expire at `at`, if that is later than its expiry; an earlier or equal time
  /// changes nothing. One comparison and one store: the queue looks again when the old expiry, by
  /// then a waypoint, has come.
  /// @returns whether the timer is alive
  bool update_max(MaxTimerKey key, Instant at) noexcept {
    Chunk* const chunk = find(key.id_);
    if (chunk == nullptr) return false;
    std::uint64_t& target = chunk->slots[key.id_.slot() % slots_per_chunk].target;
    if (tick(at) > target) target = tick(at);
    return true;
  }
  /// Makes a min timer expire at `at` (at the earliest now + 1 ns), if that is earlier than its
  /// expiry; a later or equal time changes nothing. One store while `at` is not before the timer's
  /// next waypoint, else its entry is moved, at the cost of an erase and an add. Waypoints stand at
  /// three quarters of the time that remains (up to seven eighths: they are rounded up to a grid,
  /// so that those of many timers coincide), and the last 537 ms have none: a minute has four.
  /// @param now the present, no earlier than that of the last `advance`
  /// @returns whether the timer is alive
  bool update_min(MinTimerKey key, Instant at, Instant now) noexcept;

  /// Ends a timer without running it; its payload is destroyed before this returns.
  /// @returns false if the key names no timer that is alive
  bool erase(FixedTimerKey key) noexcept { return erase_id(key.id_); }
  bool erase(MaxTimerKey key) noexcept { return erase_id(key.id_); }
  bool erase(MinTimerKey key) noexcept { return erase_id(key.id_); }

  /// Whether the key names a timer that has neither fired nor been erased.
  bool is_active(FixedTimerKey key) const noexcept { return find(key.id_) != nullptr; }
  bool is_active(MaxTimerKey key) const noexcept { return find(key.id_) != nullptr; }
  bool is_active(MinTimerKey key) const noexcept { return find(key.id_) != nullptr; }

  /// When `advance` next has something to do: never later than the earliest expiry. Earlier it is
  /// at a waypoint of a max or min timer, and perhaps at the expiry of an erased one, if more than
  /// 64 that are left lie near it: then one `advance` finds nothing due. After an `advance` it is
  /// later than that one's `now`, unless a step had no memory. Empty if there are no timers.
  /// Constant time.
  std::optional<Instant> next_expiry() const noexcept;
  /// How many timers are alive.
  std::size_t size() const noexcept { return live_; }

  /// Steps each timer whose expiry is not after `now`, in exact order, into the queue of `core`. If
  /// a step has no memory, stops there; that timer and the later ones keep their keys and their
  /// order and come at the next `advance`.
  void advance(Instant now, Core& core) noexcept;

  /// Between two runs: the next timer that is added, or pulled earlier, first asks the host for a
  /// turn, since it may be due before the host means to wake. Hides the slots that are given out
  /// next, so that `add` looks for more.
  void rest(detail::TurnAsker& asker) noexcept {
    asker_ = &asker;
    hidden_end_ = std::exchange(slots_end_, next_slot_);
  }
  void rouse() noexcept {
    asker_ = nullptr;
    slots_end_ = hidden_end_;
  }

  /// Destroys all payloads unrun, those too that such a destruction adds. The order is not
  /// specified.
  void clear() noexcept;
  /// Gives memory back: slots in groups of 64 of which none is used, and what the wheel does not
  /// need for the timers that are alive; without timers, everything. Proportional to the memory
  /// held. Does nothing inside `advance`.
  void trim() noexcept;
  /// Bytes of memory held.
  std::size_t memory() const noexcept { return memory_; }
  /// Sets how many timers may be alive at once, at most `default_max_timers`. Those already alive
  /// stay.
  void set_max_timers(std::size_t count) noexcept;

  /// Calls `f(Instant expiry, TimerKind kind)` for each timer that is alive, in no particular
  /// order. `f` may not change the queue.
  template <class F> void each(F&& f) const {
    for (std::uint32_t i = 0; i < groups_size_; ++i) {
      if (groups_[i].chunk == nullptr) continue;
      for (std::size_t n = 0; n < slots_per_chunk; ++n) {
        const Slot& slot = groups_[i].chunk->slots[n];
        if (groups_[i].chunk->where[n] != nullptr)
          f(instant(slot.target), static_cast<TimerKind>(slot.order & 3));
      }
    }
  }

 private:
  friend struct TimerQueueProbe;  // tests set generations and refuse memory with it

  static constexpr std::uint32_t slots_per_chunk = 64;
  struct Entry;
  struct Block;
  struct Bucket;
  struct Slab;
  struct Wheel;
  struct alignas(64) Slot {
    TimerCall call;
    std::uint64_t target;      // expiry
    std::uint64_t order;       // number of creation, times 4, plus the kind
    std::uint32_t generation;  // odd while a timer is in it
  };
  struct Chunk {
    Slot slots[slots_per_chunk];
    Entry* where[slots_per_chunk];  // of each slot that is alive, apart from the slots: entries
                                    // move, slots stay cold
    std::uint32_t next_open;
  };
  struct Opened {
    TimerCall* call;
    detail::TimerId id;
  };
  struct Group {
    Chunk* chunk;
    std::uint64_t
        open;  // a bit for each slot that is not in use; without a chunk: the next such group
  };

  // Times are counted from the earliest Instant, so that they compare as unsigned numbers.
  static constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  static std::uint64_t tick(Instant at) noexcept {
    return static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ sign;
  }
  static Instant instant(std::uint64_t tick) noexcept {
    return Instant(Duration(static_cast<Duration::rep>(tick ^ sign)));
  }

  template <class Fill> detail::TimerId add(Instant at, Instant now, TimerKind kind, Fill&& fill) {
    static_assert(noexcept(fill(std::declval<TimerCall&>())),
                  "the function that fills a timer's slot must be noexcept");
    const Opened opened = open(tick(at), tick(now), kind);
    fill(*opened.call);
    return opened.id;
  }
  Slot& slot(std::uint32_t index) const noexcept {
    return groups_[index / slots_per_chunk].chunk->slots[index % slots_per_chunk];
  }
  Entry*& where(std::uint32_t index) const noexcept {
    return groups_[index / slots_per_chunk].chunk->where[index % slots_per_chunk];
  }
  // The chunk of a timer that is alive, else null.
  Chunk* find(detail::TimerId id) const noexcept {
    const std::uint32_t group = id.slot() / slots_per_chunk;
    if (group >= groups_size_) return nullptr;
    Chunk* const chunk = groups_[group].chunk;
    return chunk != nullptr &&
                   chunk->slots[id.slot() % slots_per_chunk].generation == id.generation()
               ? chunk
               : nullptr;
  }

  Opened open(std::uint64_t at, std::uint64_t now, TimerKind kind);
  Opened open_slowly(std::uint64_t at, std::uint64_t now, TimerKind kind);
  bool take_slots() noexcept;
  void give_back_slots() noexcept;
  static void prefetch_open(const Group& group) noexcept;
  bool erase_id(detail::TimerId id) noexcept;
  void cancel(std::uint32_t index, Chunk& chunk) noexcept;
  // slots
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept;
  void deallocate(void* memory, std::size_t bytes, std::size_t alignment) noexcept;
  bool grow_slots() noexcept;
  bool grow_groups() noexcept;
  void close(std::uint32_t index) noexcept;
  void trim_slots() noexcept;
  // entries
  bool grow_wheel() noexcept;
  bool grow_blocks() noexcept;
  void set_capacity() noexcept;
  void trim_wheel() noexcept;
  void extend(Bucket& bucket, std::size_t number) noexcept;
  Entry* last(Bucket& bucket) noexcept;
  void shrink(Bucket& bucket) noexcept;
  void vacate(Bucket& bucket, std::size_t number) noexcept;
  void put(Bucket& bucket, std::size_t number, const Entry& entry, Entry*& where) noexcept;
  void append(Bucket& bucket, std::size_t number, const Entry& entry, Entry*& where) noexcept;
  void pop(Bucket& bucket, std::size_t number) noexcept;
  void file(const Entry& entry, Entry*& where) noexcept;
  void remove(Entry* entry) noexcept;
  bool remove_pending(Entry* entry) noexcept;
  template <class F> void drain(Bucket& bucket, F f) noexcept;
  std::size_t bucket_of(std::uint64_t at) const noexcept;
  // time
  void arm(std::uint32_t index, std::uint64_t now) noexcept;
  bool check_due(Entry& entry, std::uint64_t limit, std::uint64_t now) noexcept;
  void gather(std::size_t bucket, std::uint64_t now) noexcept;
  void deal(std::size_t bucket) noexcept;
  void hold(std::size_t bucket) noexcept;
  void sort_held() noexcept;
  void gather_held(std::uint64_t now) noexcept;
  bool collect(std::uint64_t now) noexcept;
  void put_off(Entry entry) noexcept;
  bool fire(Core& core) noexcept;

  Wheel* wheel_ = nullptr;
  Group* groups_ = nullptr;
  std::uint32_t groups_size_ = 0;
  std::uint32_t groups_room_ = 0;
  Chunk* open_chunk_ = nullptr;              // has the slots that are given out next:
  std::uint32_t next_slot_ = 0;              // from this one
  std::uint32_t slots_end_ = 0;              // to the one before this
  std::uint32_t hidden_end_ = 0;             // while it rests: what slots_end_ was
  std::uint32_t open_group_ = 0xffff'ffff;   // groups with open slots, a list
  std::uint32_t empty_group_ = 0xffff'ffff;  // groups without a chunk, a list
  const std::uint32_t origin_;  // generations are counted from here: each queue from somewhere else
  std::uint32_t first_generation_;  // of slots that are made
  bool advancing_ = false;
  bool pending_ = false;  // whether there are entries that are due but not stepped
  std::uint64_t base_;    // the wheel's buckets are told from here; no entry in them is before it
  std::uint64_t now_;     // of the last advance
  std::uint64_t next_order_ = 0;
  std::size_t live_ = 0;
  std::size_t capacity_ = 0;  // how many entries the blocks suffice for, however they are spread
  std::size_t memory_ = 0;
  std::size_t max_memory_ = static_cast<std::size_t>(-1);
  std::size_t max_ = default_max_timers;
  detail::TurnAsker* asker_ = nullptr;  // while it rests: the next timer asks
};

}  // namespace troupe
