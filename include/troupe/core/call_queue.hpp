// core/call_queue.hpp: the flat queue of calls: records of {function, payload} in linked chunks.
// (internal)
//
// A record is a function pointer with its payload behind it. One function both runs the record and
// destroys it unrun (null core), and returns where the next record begins: exactly one indirect
// call a message. Records never move. The consumer chases the producer, so nothing is swapped
// between batches (swapping the structs stalls store-forwarding for 4 ns). A full chunk ends in a
// jump record, so the loop tests only `p != tail`. Chunks are reused and given back after a burst.
// What a failure will need later is reserved beforehand, so that telling it can never fail.
#pragma once
#include <cstddef>
#include <cstdint>
#include <troupe/base/platform.hpp>
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/box_header.hpp>
#include <troupe/core/turn_asker.hpp>
#include <utility>

namespace troupe {

class Core;

namespace detail {
// Runs the record at `at` (core), or only destroys it (null); where the next record is.
using RecordStep = std::byte* (*)(Core*, std::byte* at);

// How a queue's loop runs one record: by itself, or watched (core/probe.hpp).
struct Unwatched {
  TROUPE_INLINE std::byte* operator()(RecordStep step, Core* core, std::byte* at) const {
    return step(core, at);
  }
};

class CallQueue {
 public:
  static constexpr std::size_t smallest_chunk = 4096, largest_chunk = 65536;  // bytes
  static constexpr std::size_t fail_room = 128;  // bytes; no reserved record is larger

  CallQueue() = default;
  CallQueue(const CallQueue&) = delete;
  ~CallQueue();

  /// Room for a record of `Size` bytes, then fill(address), which must not fail; where there is
  /// none, refuse().
  template <std::size_t Size, class Fill, class Refuse>
  TROUPE_INLINE void push(Fill&& fill, Refuse&& refuse) {
    static_assert(Size % 8 == 0);
    std::byte* p = tail_;
    std::byte* end = p + Size;
    if (end > limit_) [[unlikely]] {
      p = more(Size, false);
      if (!p) return refuse();
      end = p + Size;
    }
    tail_ = end;  // before fill: a move constructor may push as well
    fill(p);
  }
  /// The room alone, or null where push() would look for more: for callers that do so out of line.
  template <std::size_t Size> TROUPE_INLINE std::byte* room() noexcept {
    std::byte* p = tail_;
    std::byte* end = p + Size;
    if (end > limit_) [[unlikely]]
      return nullptr;
    tail_ = end;
    if (!p) __builtin_unreachable();  // so that the caller's test is this one
    return p;
  }
  /// Adds a record, as push() does, in the room that reserve() set aside: `refuse` is called only
  /// once the queue is closed.
  template <std::size_t Size, class Fill, class Refuse>
  void push_reserved(Fill&& fill, Refuse&& refuse) {
    static_assert(Size <= fail_room && Size % 8 == 0);
    std::byte* p = take_reserved(Size);
    if (!p) return refuse();
    fill(p);
  }
  /// Sets room for one record of `n` bytes aside; false when there is no memory for it.
  TROUPE_INLINE bool reserve(std::size_t n) noexcept {
    reserved_ += n;
    if (reserved_ > spare_room_) [[unlikely]]
      return widen(n);
    return true;
  }
  TROUPE_INLINE void unreserve(std::size_t n) noexcept { reserved_ -= n; }

  bool empty() const noexcept { return head_ == tail_; }
  RecordStep next_step() const noexcept { return *reinterpret_cast<RecordStep*>(head_); }
  std::byte* tail() const noexcept { return tail_; }
  bool is_at(const std::byte* p) const noexcept { return head_ == p; }
  /// Runs records until the queue is empty, chasing the producer. An exception passes through with
  /// its record consumed.
  template <class Watch = Unwatched> void run_all(Core* core, Watch watch = {}) {
    std::byte* p = head_;
    TROUPE_TRY {
      while (p != tail_) {
        ++steps_;
        p = watch(*reinterpret_cast<RecordStep*>(p), core, p);
      }
    }
    TROUPE_CATCH_ALL {
      head_ = behind_thrown_;
      TROUPE_RETHROW;
    }
    head_ = p;
    emptied();
  }
  /// Runs at most `items` records that are there now. @returns how many of `items` are left over
  template <class Watch = Unwatched>
  std::size_t run(Core* core, std::size_t items, Watch watch = {}) {
    return run_some(core, tail_, items, watch);
  }
  /// Runs at most `items` records, up to a tail() that was read before. @returns how many of
  /// `items` are left over
  template <class Watch = Unwatched>
  std::size_t run_until(Core* core, std::byte* end, std::size_t items, Watch watch = {}) {
    return run_some(core, end, items, watch);
  }
  /// Records run so far.
  std::uint64_t ran() const noexcept { return steps_ - jumps_; }
  /// Steps begun so far: no two records have the same number.
  std::uint64_t steps() const noexcept { return steps_; }
  /// What ran in place of records, where there was no room for them.
  void count(std::size_t items) noexcept { steps_ += items; }
  /// Whether it has ever held a record.
  bool is_used() const noexcept { return last_ != nullptr; }
  /// Puts held records before all that is here: `first` to the one whose `next` is given. Not while
  /// it runs; is_used().
  void put_first(std::byte* first, std::byte*& next) noexcept {
    next = std::exchange(head_, first);
  }
  /// Whether that step is no record but leads to the next chunk.
  static bool is_jump(RecordStep step) noexcept { return step == &jump; }
  /// For a record's step from which an exception passes through: where the record that threw ends.
  static void consumed(std::byte* end) noexcept { behind_thrown_ = end; }
  /// Destroys the records unrun, in order, also those that this makes.
  void clear() noexcept;
  /// Between two runs: the next record that is put here first asks the host for a turn. Draws the
  /// limit in, so that push() and room() find out where they look for more.
  void rest(TurnAsker& asker) noexcept {
    asker_ = &asker;
    limit_ = tail_;
  }
  void rouse() noexcept {
    asker_ = nullptr;
    if (last_ && !closed_ && !last_->is_beyond && reserved_ <= spare_room_) limit_ = last_->end();
  }
  /// Accepts nothing more.
  bool is_closed() const noexcept { return closed_; }
  void close() noexcept {
    closed_ = true;
    limit_ = tail_;
  }
  /// Why the last push was refused.
  Why refusal() const noexcept {
    return closed_ ? Why::ended : overfull_ ? Why::overloaded : Why::no_memory;
  }
  /// The most bytes of records that may wait; enforced where a chunk is taken, so give or take one
  /// chunk, and an empty queue takes any one record. Reserved room is beyond it.
  void set_bound(std::size_t bytes) noexcept { bound_ = bytes; }
  /// Bytes of chunks in use by waiting records, give or take one chunk, without those that only
  /// reserved room opened.
  std::size_t bytes() const noexcept { return in_use_; }
  std::size_t reserved() const noexcept { return reserved_; }
  void trim() noexcept { drop_spares(reserved_); }

  /// A box that no handle names any more; queued calls may still name it, in this chunk or an
  /// earlier one, so it is freed when the consumer leaves this chunk. Boxes of one type are freed
  /// together.
  TROUPE_INLINE void bury(BoxHeader* box) noexcept {
    if (box->type != grave_type_) [[unlikely]]
      return bury_apart(box);
    set_grave_link(box, last_->graves);
    last_->graves = box;
  }

 private:
  struct Jump {
    RecordStep step;
    CallQueue* queue;
  };
  struct Chunk {
    Chunk* next;
    std::uint32_t bytes;  // of it all
    bool is_beyond;       // opened by reserved room when the queue was at its bound: not counted
    BoxHeader *graves, *last_grave;  // buried while this was the chunk written to, all of one type
    BoxHeader* mixed_graves;         // of other types
    std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    std::byte* end() noexcept {
      return reinterpret_cast<std::byte*>(this) + bytes - sizeof(Jump);
    }  // of records
    std::size_t room() noexcept { return static_cast<std::size_t>(end() - data()) - fail_room; }
  };
  // `end` is the tail itself where it is to be chased.
  template <class Watch>
  std::size_t run_some(Core* core, std::byte* const& end, std::size_t items, Watch watch) {
    std::byte* p = head_;
    TROUPE_TRY {
      for (;;) {
        const std::uint64_t jumped = jumps_;
        while (p != end && items) {
          --items;
          ++steps_;
          p = watch(*reinterpret_cast<RecordStep*>(p), core, p);
        }
        if (jumps_ == jumped) break;
        items += jumps_ - jumped;  // they are no records
      }
    }
    TROUPE_CATCH_ALL {
      head_ = behind_thrown_;
      TROUPE_RETHROW;
    }
    head_ = p;
    if (p == tail_) emptied();
    return items;
  }
  static std::byte* jump(Core*, std::byte* at);
  static Chunk* make(std::size_t bytes) noexcept;
  std::byte* more(std::size_t size, bool reserved) noexcept;
  std::byte* take_reserved(std::size_t size) noexcept;
  bool widen(std::size_t n) noexcept;
  bool is_at_bound() const noexcept { return in_use_ >= bound_ && !empty(); }
  Chunk* take_spare() noexcept;
  void keep_spare(Chunk* chunk) noexcept;
  void give_back(Chunk* chunk) noexcept;
  bool add_spare(std::size_t need) noexcept;
  void drop_spares(std::size_t down_to) noexcept;
  void emptied() noexcept;
  TROUPE_COLD void bury_apart(BoxHeader* box) noexcept;
  void open_graves(Chunk* chunk) noexcept;

  static inline std::byte nothing_[8];
  static inline constinit thread_local std::byte* behind_thrown_ =
      nullptr;                  // read as soon as it is written
  std::byte* tail_ = nothing_;  // hot: these four
  std::byte* limit_ = nothing_;
  // Invariant: what is reserved beyond the spare chunks fits into the rest of the last chunk.
  // `limit_` is drawn in then, so that a plain push does not take that rest.
  std::size_t reserved_ = 0, spare_room_ = 0;
  std::byte* head_ = nothing_;
  const ActorType* grave_type_ = nullptr;  // of last_->graves
  Chunk *first_ = nullptr, *last_ = nullptr, *spares_ = nullptr;
  std::size_t in_use_ = 0, peak_ = 0, kept_ = 0, bound_ = SIZE_MAX;
  std::uint64_t steps_ = 0, jumps_ = 0;  // a jump to the next chunk is a step, too
  TurnAsker* asker_ = nullptr;           // while it rests: the next record asks
  bool closed_ = false, overfull_ = false;
};
}  // namespace detail

}  // namespace troupe
