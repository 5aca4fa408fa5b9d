// thread/lane.hpp: one direction between two runtimes: a queue of records with one writer and one
// reader. (internal)
//
// The records are those of the call queue (core/record.hpp): one function both runs a record and
// destroys it unrun. The writer fills chunks and publishes its tail once for many records; the
// reader runs them in place, and a record never moves. Answers and the values of Fwds only queue
// what they bring. Where a record that runs in place comes behind them, a stop lies between: the
// lane goes on when the reader's queue has run what they put there. Only the reader knows which of
// these are for a function, which runs in place: such a one makes its own stop. The chunks form a
// ring: the reader counts those that it has left, and the writer fills them again. So a call
// allocates nothing and does no atomic read-modify-write. What a lane holds when one side ends is
// destroyed by the other one, and where both end at once by the second.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <troupe/core/core.hpp>
#include <troupe/core/held.hpp>
#include <troupe/core/probe.hpp>
#include <troupe/core/record.hpp>
#include <troupe/thread/pending.hpp>
#include <troupe/thread/room_line.hpp>
#include <troupe/thread/seat.hpp>

namespace troupe::detail {

class Lane;

// The writing side of one runtime: which of its lanes hold something unpublished.
class LaneWriter {
 public:
  explicit LaneWriter(const Kernel& kernel) noexcept : kernel_(kernel) {}
  const Instant& now() const noexcept { return kernel_.now; }
  void wrote(Lane& lane) noexcept;  // outside of a run no turn's end will publish it

 protected:
  ~LaneWriter() = default;
  std::uint64_t take_dirty() noexcept { return std::exchange(dirty_, 0); }  // a bit for each

 private:
  const Kernel& kernel_;
  std::uint64_t dirty_ = 0;
};

// What a record of a lane does on the other side.
enum class LaneRoom : std::uint8_t {
  runs,    // all that it is for, in place
  queues,  // what it brings becomes a record of the queue there, as the value of a Fwd does, or
           // is for a function that runs in place behind the queue
  exempt,  // the same, and it goes beyond the bound: an answer
};

struct LaneSizes {
  std::size_t bound = 1024 * 1024;  // bytes of chunks, beyond which calls are refused
  std::size_t chunk = 8192;         // bytes
  std::size_t publish = 2048;       // bytes; a turn that does not end publishes so often
};

class Lane {
 public:
  Lane(Seat& reader, unsigned from, unsigned to, const LaneSizes& sizes) noexcept
      : reader_(reader), sizes_(sizes), from_(from), to_(to) {}
  Lane(const Lane&) = delete;
  ~Lane();

  // ---- the writer
  void open(LaneWriter& writer) noexcept { writer_ = &writer; }
  LaneWriter* writer() const noexcept { return writer_; }  // null where it has gone
  unsigned to() const noexcept { return to_; }
  /// Room for a record of `Size` bytes, or null: refusal() says why. The record is made there at
  /// once, and then written() says so. `Quiet`: making it runs no code that could write another
  /// record.
  template <std::size_t Size, LaneRoom Kind = LaneRoom::runs, bool Quiet = false>
  std::byte* room() noexcept {
    std::byte* p = tail_;
    if (address(p) + Size > address(Kind == LaneRoom::runs ? limit_ : queues_limit_)) [[unlikely]] {
      p = more(Size, Kind);  // all are null at first
      if (!p) return nullptr;
    }
    tail_ = p + Size;
    if constexpr (Kind != LaneRoom::runs) limit_ = nullptr;
    if constexpr (!Quiet) ++filling_;
    return p;
  }
  /// A record was made in that room.
  template <bool Quiet = false> void written() noexcept {
    if constexpr (!Quiet) --filling_;
    if (!dirty_) [[unlikely]]
      first_written();
  }
  /// The reader sees all that was written, and is woken if it rests. Not while a record is made,
  /// whose value may write others when it is moved: written() says once more that there is
  /// something then.
  void publish() noexcept {
    dirty_ = false;
    if (filling_ != 0) return;
    if (tail_ == told_) return;
    told_ = tail_;
    queues_limit_ = std::min(chunk_->end, tail_ + sizes_.publish);
    if (limit_) limit_ = queues_limit_;
    published_.store(tail_, std::memory_order_seq_cst);
    reader_.ring();
  }
  Why refusal() const noexcept { return refusal_; }
  /// Nothing is taken any more, on either side.
  bool is_dead() const noexcept { return dead_; }
  /// The reader has ended: destroys what it has left. Once.
  void take_over() noexcept;
  /// The writer ends.
  void close_writer() noexcept;
  /// The runtime of the writer ends: what it still answers is told as `lost`.
  void set_ending() noexcept { ending_ = true; }
  /// Answers with a failure what waits on the reader's side. Never refused: where there is no
  /// memory, the cell of the one that waits is itself the message.
  void answer_fails(Pending& pending, const ActorFail& why) noexcept;
  PendingRets& rets() noexcept { return rets_; }
  PendingFwds& fwds() noexcept { return fwds_; }
  /// Calls f(PendingList&) for both.
  template <class F> void each_pending(F&& f) noexcept {
    f(rets_);
    f(fwds_);
  }
  /// Rets of the reader's side that live on the writer's, and Fwds.
  void owe() noexcept { ++owed_; }
  void owe_less() noexcept {
    --owed_;
    if (keeps_) [[unlikely]]
      let_go();
  }
  void hold_fwd() noexcept { ++fwds_held_; }
  void let_fwd_go() noexcept {
    --fwds_held_;
    let_go();
  }
  /// The writer has gone: as long as one of them lives, `all` stays.
  void keep_while_owing(std::shared_ptr<void> all) noexcept {
    keeps_ = std::move(all);
    let_go();
  }
  /// Counts a call that was refused; whether it is the first of its episode.
  bool count_refused() noexcept { return refused_++ == 0; }
  bool has_refused() const noexcept { return refused_ != 0; }
  /// The episode is over. @returns how many were refused in it
  std::uint64_t take_refused() noexcept {
    refused_before_ += refused_;
    return std::exchange(refused_, 0);
  }
  /// Since the lane was made.
  std::uint64_t all_refused() const noexcept { return refused_before_ + refused_; }
  bool has_caught_up() const noexcept { return in_use() <= 1; }  // the reader
  /// Whether a call would find room in a further chunk.
  bool has_room() const noexcept;
  /// Who waits for room.
  RoomLine& line() noexcept { return line_; }
  /// Rings the writer's seat once the reader has left chunks: half of them where somebody waits
  /// for room, else all but one. Look once more for what is wanted behind it: the reader may have
  /// been there before.
  void want_room(Seat& writer) noexcept {
    const std::uint64_t most = line_.somebody_waits() ? std::max<std::uint64_t>(ring_ / 2, 1) : 1;
    if (!writer_seat_) writer_seat_ = std::addressof(writer);
    ring_at_.store(started_ > most ? started_ - most : 0, std::memory_order_seq_cst);
  }
  void want_no_room() noexcept { ring_at_.store(never, std::memory_order_relaxed); }

  /// For listings: such a Ret has come to that actor, and is answered.
  void note_owed([[maybe_unused]] Pending& to, [[maybe_unused]] const Box* by) noexcept {
#if TROUPE_DEBUG
    to.held.by = by ? PendingNote{by->type, by->id(), by->kernel().now}
                    : PendingNote{nullptr, 0, writer_->now()};
    to.held.hang_before(held_);
#endif
  }
  void note_answered([[maybe_unused]] Pending& to) noexcept {
#if TROUPE_DEBUG
    to.held.unlink();
#endif
  }
  /// Calls f(number, by) for those that live; `by` is null in release builds, where it is called
  /// once.
  template <class F> void each_owed(F&& f) const {
#if TROUPE_DEBUG
    for (const PendingHeld* h = held_.next; h != &held_; h = h->next) f(1, &h->by);
#else
    if (owed_ != 0) f(owed_, static_cast<const PendingNote*>(nullptr));
#endif
  }

  // ---- the reader
  /// Looks for more; only where what was seen before has run is that a new round.
  bool refresh() noexcept {
    if (head_ != end_) return true;
    ++rounds_;
    end_ = published_.load(std::memory_order_seq_cst);
    if (!head_ && end_) head_ = start_.load(std::memory_order_relaxed);
    return head_ != end_;
  }
  bool has_more() const noexcept { return head_ != end_; }
  bool has_news() const noexcept {
    return published_.load(std::memory_order_seq_cst) != end_ ||
           failed_.load(std::memory_order_seq_cst);
  }
  std::uint64_t rounds() const noexcept { return rounds_; }
  /// Runs at most `most` records of what refresh() saw, and those beyond it that were held for an
  /// actor which one of them has made ready: nothing comes before these. @returns how many, at
  /// most `most`
  template <class Watch> std::size_t run(Core& core, std::size_t most, Watch watch) noexcept {
    CallQueue& queue = kernel_of(core).main;
    Lane* const before = std::exchange(reading_, this);  // of a runtime within whose run this is
    std::byte* p = head_;
    std::size_t ran = 0;
    while (p != end_) {
      const RecordStep step = *reinterpret_cast<RecordStep*>(p);
      if (step == &jump) [[unlikely]] {
        std::byte* const at = std::exchange(p, hop(std::addressof(core), p));
        if (p == at) break;  // at a stop
        continue;
      }
      if (ran >= most && !Held::is_one(step)) break;
      ++ran;
      queue.count(1);  // a turn of its own
      p = watch(step, std::addressof(core), p);
    }
    head_ = p;
    reading_ = before;
    return std::min(ran, most);
  }
  /// The step of a record that mostly queues what it brings: where `F::runs_in_place()`, it waits
  /// until the reader's queue has run what came before it.
  template <class F> static std::byte* in_order(Core* core, std::byte* at) noexcept {
    if (core) {
      Lane& lane = *reading_;
      if (lane.stop_ == Stop::over)  // it has waited
        lane.stop_ = Stop::none;
      else if (!kernel_of(*core).main.empty() &&
               std::launder(reinterpret_cast<Record<F>*>(at))->function().runs_in_place())
        if (std::byte* const aside = lane.wait_aside(*core, at)) return aside;
    }
    return Record<F>::run(core, at);
  }
  bool has_failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  /// Those whose failure found no memory.
  Pending* take_failed() noexcept { return failed_.exchange(nullptr, std::memory_order_acquire); }
  /// The reader ends, in two steps: destroys what is there, then says that it has ended, and
  /// destroys what a writer that ended in between has left.
  void drop_unread() noexcept;
  void close_reader() noexcept;

  // While records that nobody reads any more are destroyed by their writer: what waits for them is
  // told by its own list.
  static bool is_taking_over() noexcept { return taking_over_; }

 private:
  // To the next chunk; or, where `to` is null, the stop between records that queue what they bring
  // and one that runs in place.
  struct Jump {
    RecordStep step;
    Lane* lane;
    std::byte* to;
  };
  struct GoesOn {  // a record of the reader's queue
    Lane* lane;
    void operator()(Core&) const noexcept { lane->stop_ = Stop::over; }
  };
  struct Chunk {
    Chunk* next;
    std::byte* end;  // the room behind it is for the jump
    std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    std::size_t bytes() const noexcept {
      return static_cast<std::size_t>(end - reinterpret_cast<const std::byte*>(this)) +
             sizeof(Jump);
    }
    bool has(std::size_t size) noexcept { return data() + size <= end; }
  };
  static std::uintptr_t address(const std::byte* p) noexcept {
    return reinterpret_cast<std::uintptr_t>(p);
  }
  enum Ended : std::uint32_t { writer_ended = 1, reader_ended = 2 };
  static std::byte* jump(Core*, std::byte* at) noexcept;  // destroys
  static std::byte* hop(Core* core, std::byte* at) noexcept;
  enum class Stop : std::uint8_t { none, waits, over };
  bool must_stop(Core& core) noexcept;
  std::byte* wait_aside(Core& core, std::byte* at) noexcept;
  bool write_stop() noexcept;
  void set_limit(std::byte* p) noexcept { limit_ = queues_limit_ = p; }
  std::uint64_t in_use() const noexcept {  // chunks; the writer
    return started_ - left_.load(std::memory_order_seq_cst);
  }
  std::byte* more(std::size_t size, LaneRoom kind) noexcept;
  void let_go() noexcept {
    if (owed_ + fwds_held_ == 0) keeps_.reset();
  }
  std::byte* refuse(Why why) noexcept { return refusal_ = why, nullptr; }
  Chunk* next_chunk(std::size_t size, bool exempt) noexcept;
  void drop_next_chunk() noexcept;
  void first_written() noexcept;
  void destroy_seen() noexcept;

  static inline constinit thread_local bool taking_over_ = false;
  static inline constinit thread_local Lane* reading_ = nullptr;  // whose records run
  // The writer's. Invariant: what lies between `told_` and `tail_` is unpublished; `queues_limit_`
  // is where the room ends, or where it publishes. `limit_` is the same for records that run in
  // place; null behind one that queues: so more() writes the stop.
  std::byte *tail_ = nullptr, *limit_ = nullptr, *told_ = nullptr, *queues_limit_ = nullptr;
  std::uint32_t filling_ = 0;  // records that are being made
  bool dirty_ = false;         // the writer knows that something is unpublished
  bool dead_ = false, ending_ = false;
  Why refusal_ = Why::lost;
  Chunk* chunk_ = nullptr;
  std::uint64_t started_ = 0, ring_ = 0;  // chunks begun; chunks in the ring
  Seat& reader_;
  const LaneSizes sizes_;
  const unsigned from_, to_;
  std::size_t bytes_ = 0;  // of all chunks
  LaneWriter* writer_ = nullptr;
  std::uint64_t owed_ = 0, fwds_held_ = 0, refused_ = 0, refused_before_ = 0;
  std::shared_ptr<void> keeps_;
#if TROUPE_DEBUG
  PendingHeld held_;
#endif
  PendingRets rets_;
  PendingFwds fwds_;
  RoomLine line_;
  // Written by the writer, read by the reader.
  alignas(64) std::atomic<std::byte*> published_{nullptr};
  std::atomic<std::byte*> start_{nullptr};  // of the first chunk; shown by the first publication
  // The reader's.
  alignas(64) std::byte* head_ = nullptr;
  std::byte* end_ = nullptr;
  std::uint64_t rounds_ = 0;
  Stop stop_ = Stop::none;  // it waits at one until the reader's queue has run
  Jump aside_{};            // to a record that waits so: the head is there meanwhile
  // Written by the reader, read by the writer; and what either touches rarely.
  alignas(64) std::atomic<std::uint64_t> left_{0};
  std::atomic<std::uint32_t> closed_{0};
  std::atomic<Pending*> failed_{nullptr};
  // Written by the writer, read by the reader when it leaves a chunk.
  static constexpr std::uint64_t never = ~std::uint64_t{0};
  std::atomic<std::uint64_t> ring_at_{never};  // chunks that the reader has left by then
  Seat* writer_seat_ = nullptr;                // set once, before `ring_at_`
};

}  // namespace troupe::detail
