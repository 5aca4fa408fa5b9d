// thread/channel_head.hpp: a channel apart from the type of its items: the list of chunks that
// senders fill under a lock, and the home side that empties it. (internal)
//
// Senders construct items in the last chunk; the home side takes the whole list at once and reads
// it without the lock. So the lock is held for some ten instructions, and nothing is allocated or
// moved under it but the item itself.
//
// Invariant: `idle_` is true where the home side has seen the list empty and waits to be told; the
// sender that comes next makes it false and queues the channel in the inbox. It becomes true again
// only when the home side has heard (`heard_`): so the channel is in the inbox at most once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <semaphore>
#include <troupe/core/at_end.hpp>
#include <troupe/core/core.hpp>
#include <troupe/thread/sendable_ret.hpp>
#include <troupe/thread/spin_lock.hpp>

namespace troupe::detail {

class ChannelHead : public Inbox::Node, public AtEnd {
 public:
  static constexpr std::size_t unbounded = SIZE_MAX;
  static constexpr std::size_t least_chunk = 4096, largest_chunk = 64 * 1024;  // bytes
  static constexpr std::size_t slice = 256;      // items that one record delivers at most
  static constexpr std::size_t most_spares = 4;  // chunks that are kept for later items

  // ---- any thread
  void add_sender() noexcept { senders_.fetch_add(1, std::memory_order_relaxed); }
  void drop_sender() noexcept;
  /// Answers when there is room for what weighs so much, or the receiver has gone; takes the place
  /// of the one that the same sender gave before, which hears Why::lost.
  void tell_room(SendableRet<> ret, std::size_t weight,
                 std::uint64_t& sender);  // 0: it has none yet, and gets a number
  void forget_room(std::uint64_t sender) noexcept;
  void block_until_room(std::size_t weight);  // or the receiver has gone; throws bad_alloc
  void release() noexcept {
    step();
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) ops_->destroy(*this);
  }
  void retain() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }

  // ---- the home side
  void refuse() noexcept;  // senders hear that the receiver has gone; what was sent still comes
  void want() noexcept;  // a reader waits and there is nothing: of a channel that is read on demand
  void close() noexcept;           // the receiver goes
  void close_counted() noexcept {  // the same, by one that was counted
    close();
    release();
  }

 protected:
  struct Chunk {
    Chunk* next;
    std::uint32_t used, slots;  // items
    std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  };
  static_assert(sizeof(Chunk) == 16);
  struct Ops {
    void (*drain)(ChannelHead&);                                      // delivers up to a slice
    void (*drop)(ChannelHead&, Chunk*, std::uint32_t from) noexcept;  // destroys items of a list
    void (*told)(ChannelHead&) noexcept;    // any thread: wakes the home side
    void (*forget)(ChannelHead&) noexcept;  // lets go of whom the items are for
    void (*destroy)(ChannelHead&) noexcept;
  };
  // `core` is null where the home side is a thread without a runtime (thread/thread_side.hpp).
  ChannelHead(Core* core, std::size_t bound, std::size_t item_bytes, bool on_demand,
              const Ops& ops) noexcept;
  ~ChannelHead();

  // Under the lock: whether the last chunk has room now, by `fresh`, which is used up then, or by a
  // spare one.
  bool open_chunk(Chunk*& fresh) noexcept;
  std::size_t next_chunk_bytes() const noexcept;  // under the lock
  Chunk* make_chunk(std::size_t bytes) const;     // throws bad_alloc
  bool has_slot() const noexcept { return tail_ && tail_->used != tail_->slots; }
  void told() noexcept { ops_->told(*this); }
  static void push_in_inbox(ChannelHead& self) noexcept { self.inbox_->push(&self); }
  bool take_all() noexcept;    // whether there are items to read
  void next_chunk() noexcept;  // the one that is read has no more
  void delivered(std::size_t weight) noexcept;
  // Under the lock. What weighs more than the bound goes through alone.
  bool fits(std::size_t weight) const noexcept {
    return waiting_ == 0 || waiting_ + weight <= bound_;
  }
  void drain_again() noexcept;  // by a record
  static void free_chunks(Chunk* list) noexcept;

  SpinLock lock_;
  // Under the lock.
  bool idle_ = true;
  bool refuses_ = false;        // what is to be sent
  bool receiver_gone_ = false;  // it refuses, then, too
  std::uint32_t spares_ = 0;
  Chunk *head_ = nullptr, *tail_ = nullptr, *spare_ = nullptr;
  std::size_t waiting_ = 0;  // what waits weighs, in a channel with a bound; by count, items
  const std::size_t bound_;

  alignas(64) Chunk* batch_ = nullptr;  // what the home side reads
  std::uint32_t at_ = 0;                // the next item of its first chunk
  bool ended_ = false;                  // no sender is left, and nothing more comes
  bool over_ = false;                   // closed
  bool wanted_ = false;
  const bool on_demand_;
  Core* const core_;

 private:
  struct Room {
    Room* next;
    std::uint64_t sender;  // 0: a thread that blocks
    std::size_t weight;    // of what room is wanted for
    SendableRet<> ret;
    std::shared_ptr<std::binary_semaphore> sleeper;  // of such a thread
  };
  struct Drain {
    ChannelHead* channel;
    void operator()(Core&) const;
  };
  static void heard(Node* node) noexcept;
  static void end_of_runtime(AtEnd& self) noexcept;
  static void answer(Room* list) noexcept;
  void drain() noexcept;
  void let_go_if_over() noexcept;
  bool add_room(
      Room& room) noexcept;  // under the lock; false: there is room, or nobody to wait for

  Room* take_room(std::uint64_t sender) noexcept;  // under the lock: out of the list
  // Under the lock.
  Room *rooms_ = nullptr, **last_room_ = &rooms_;
  std::uint64_t last_sender_ = 0;  // that wanted to be told of room
  const std::size_t item_bytes_;
  bool heard_;              // since `idle_` became false; always, without a runtime
  bool is_queued_ = false;  // the record that drains
  bool comes_ = false;      // over, and still to be taken out of the inbox
  bool has_left_ = false;   // the home side has let go
  InboxRef inbox_;
  const Ops* ops_;
  alignas(64) std::atomic<std::uint32_t> senders_{1};
  std::atomic<std::uint32_t> refs_{2};  // all senders together, and the home side
};

// A count of a channel.
class ChannelRef : public Handle<ChannelHead, &ChannelHead::release> {
 public:
  ChannelRef() noexcept = default;
  explicit ChannelRef(ChannelHead* channel) noexcept : Handle(channel) { channel->retain(); }
};

}  // namespace troupe::detail
