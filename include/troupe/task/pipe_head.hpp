// task/pipe_head.hpp: a pipe apart from the type of its items: its buffers, its reader, its end.
// (internal)
//
// Items are written into one buffer and read out of another; the reader that has emptied its own
// swaps them. So neither side wraps, and each tests one pointer against another: whatever is rare,
// a waiting reader and the end included, hides behind `write == write_end`. Both buffers come from
// the pool and double up to the capacity. Whenever they are swapped, one of them is empty, and goes
// if it is large and little was queued of late.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <troupe/core/fwd.hpp>
#include <troupe/core/spare.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/ring.hpp>
#include <troupe/task/wake.hpp>

namespace troupe {

/// What a pipe does with an item that is sent while it is full.
enum class WhenFull : std::uint8_t {
  fail,         ///< the stream delivers what is queued and is lost then, with Why::overloaded
  drop_newest,  ///< that item is dropped
  drop_oldest,  ///< the item that waits longest is dropped
};
namespace detail {
struct PipeHead : Spare {  // what a pipe is apart from the type of its items; sizes in bytes
  enum State : std::uint8_t { open, ended, lost };
  struct Buffer {
    std::byte* begin = nullptr;
    std::size_t size = 0;
  };
  static constexpr std::size_t largest_size = std::size_t{1} << 40;
  static constexpr std::size_t kept_size = 4096;  // below which nothing is given back
  PipeHead(Fwd<>&& m, std::size_t most, WhenFull w, std::size_t smallest,
           void (*trim)(Spare&) noexcept) noexcept
      : Spare(trim),
        capacity(most),
        small(std::max(smallest, kept_size)),
        when_full(w),
        more(std::move(m)) {}
  PipeHead(const PipeHead&) = delete;
  Core& core() noexcept { return *Block::of(this)->core; }
  TROUPE_INLINE bool has_items() noexcept {
    return read != read_end || (write != in.begin && swap());
  }
  std::size_t written() const noexcept { return static_cast<std::size_t>(write - in.begin); }
  std::size_t memory() const noexcept { return in.size + out.size; }
  std::size_t readable() const noexcept { return static_cast<std::size_t>(read_end - read); }
  bool is_small() const noexcept { return in.size <= small && out.size <= small; }
  bool
  swap() noexcept;  // the reader has nothing left: whether there is something in the other buffer
  bool widen() noexcept;  // the rest of the buffer that is written to, as far as the capacity goes
  TROUPE_INLINE void wait(Wake w) {
    if (read != read_end || write != in.begin || state != open) [[unlikely]]
      return wait_in_vain(w);
    waiter = w;
    write_end = write;
    if (more) more();  // what it sends wakes; the pipe may have gone after it
  }
  void wait_in_vain(Wake w) noexcept;  // there is an item, or none will come
  void end() noexcept;
  void lose(ActorFail why) noexcept;
  void give_back(Buffer& b) noexcept;
  void shrink_after_swap() noexcept;
  void settle_after_trim() noexcept;

  std::byte *write = nullptr,
            *write_end = nullptr;  // where the next item goes, and where put() must think
  std::byte *read = nullptr, *read_end = nullptr;
  Wake waiter;  // while there are no items
  std::byte* hand =
      nullptr;  // where an item goes that a reader waits for: `out`, while both buffers are small
  Buffer in, out;
  std::size_t capacity;
  std::size_t small;          // the size of a buffer that is not worth giving back
  std::size_t kept = 0;       // how much was queued of late
  std::uint32_t readers = 1;  // the PipeStream, and awaits that are stored or wait
  State state = open;
  WhenFull when_full;
  bool is_awaited = false;
  Fwd<> more;
  [[no_unique_address]] NotStoredRing awaits;
  ActorFail fail;  // why it is lost
  std::uint64_t dropped = 0;
};
}  // namespace detail

}  // namespace troupe
