// task/pipe_cell.hpp: the items that wait in a pipe, behind its Fwds. (internal)
//
// The cell that the Fwds count is the pipe itself, and lives until the Fwds and the reader have
// gone.
#pragma once
#include <optional>
#include <troupe/task/pipe_head.hpp>
#include <troupe/task/ring.hpp>

namespace troupe {

namespace detail {
template <class T> struct PipeCell : Fwd<std::optional<T>>::Cell, PipeHead {
  using Base = typename Fwd<std::optional<T>>::Cell;
  static constexpr std::size_t smallest_room = 8;  // items

  PipeCell(Fwd<>&& m, std::size_t most, WhenFull w) noexcept
      : PipeHead(std::move(m),
                 std::clamp<std::size_t>(most, 1, largest_size / sizeof(T)) * sizeof(T), w,
                 smallest_room * sizeof(T), &trim) {
    this->put = &put_item;
    this->destroy = &last_fwd_gone;
    this->is_wanted = [](const FwdCell& c) { return of(c).state == open; };
  }
  static const PipeCell& of(const FwdCell& c) noexcept {
    return static_cast<const PipeCell&>(static_cast<const Base&>(c));
  }
  // f(item), which may move it out; then it has gone.
  template <class F> TROUPE_INLINE auto take(F&& f) {
    T* item = at(read);
    auto result = f(std::move(*item));
    item->~T();
    read += sizeof(T);
    return result;
  }
  TROUPE_INLINE void release() noexcept {
    if (--readers == 0) [[unlikely]]
      leave();
  }
  // In front of all others, also where it is full by now. A stream that has no memory for it is
  // lost.
  [[gnu::noinline]] void put_back(T&& item) noexcept {
    if (read == out.begin && !make_room_in_front()) return lose(ActorFail(Why::no_memory));
    ::new (static_cast<void*>(read -= sizeof(T))) T(std::move(item));
    capacity = std::max(capacity, readable());
    if (waiter) std::exchange(waiter, {}).fire(core());
  }
  void stream_gone() noexcept {
    awaits.object_goes();
    if (readers > 1 && state == open) lose(DropScope::reason());  // a coroutine still waits here
    release();
  }

 private:
  static T* at(std::byte* p) noexcept { return std::launder(reinterpret_cast<T*>(p)); }
  static void put_item(const Base& cell, std::optional<T>&& value) {
    auto& c = const_cast<PipeCell&>(of(cell));
    if (value && c.write != c.write_end) [[likely]]
      c.add(std::move(*value));
    else if (value && c.waiter && c.hand)  // nothing is queued: what comes is read next
      c.hand_over(std::move(*value));
    else
      c.put_rarely(std::move(value));
  }
  TROUPE_INLINE void hand_over(T&& item) {
    ::new (static_cast<void*>(read = hand)) T(std::move(item));
    read_end = read + sizeof(T);
    std::exchange(waiter, {}).fire(core());
  }
  TROUPE_INLINE void add(T&& item) noexcept {
    ::new (static_cast<void*>(write)) T(std::move(item));
    write += sizeof(T);
  }
  [[gnu::noinline]] void put_rarely(std::optional<T>&& value) {
    if (state != open) {
      if (state == lost && value) ++dropped;
    } else if (!value) {
      end();
    } else if (widen() || (written() + readable() < capacity && grow() && widen())) {
      add(std::move(*value));
      if (waiter) std::exchange(waiter, {}).fire(core());
    } else {
      ++dropped;
      overflow(std::move(*value));
    }
  }
  void overflow(T&& value) {
    if (when_full == WhenFull::fail) {
      lose(ActorFail(written() + readable() < capacity ? Why::no_memory : Why::overloaded));
    } else if (when_full == WhenFull::drop_oldest && has_items() &&
               (written() < in.size || grow())) {
      [[maybe_unused]] const T oldest = take([](T&& item) { return T(std::move(item)); });
      widen();
      add(std::move(value));
    }
  }
  // More memory for what is written.
  bool grow() noexcept {
    const std::size_t wide = std::min(std::max(in.size * 2, smallest_room * sizeof(T)), capacity);
    if (wide <= in.size || !move_to(in, in.begin, write, wide)) return false;
    write_end = write;
    if (wide > small) hand = nullptr, join(kernel_of(core()).spares);
    return true;
  }
  bool make_room_in_front() noexcept {
    const std::size_t wide = std::max(readable() + sizeof(T), smallest_room * sizeof(T));
    if (!move_to(out, read, read_end, wide, sizeof(T))) return false;
    read = out.begin + sizeof(T);
    hand = is_small() ? out.begin : nullptr;
    if (!hand) join(kernel_of(core()).spares);
    return true;
  }
  // Another buffer of that size, with the items from `first` to `last` behind so many bytes.
  bool move_to(Buffer& b, std::byte* first, std::byte*& last, std::size_t size,
               std::size_t before = 0) noexcept {
    auto* other = static_cast<std::byte*>(kernel_of(core()).pool.take(size));
    if (!other) return false;
    std::byte* behind = other + before;
    for (; first != last; first += sizeof(T), behind += sizeof(T)) {
      ::new (static_cast<void*>(behind)) T(std::move(*at(first)));
      at(first)->~T();
    }
    give_back(b);
    b = {other, size};
    last = behind;
    return true;
  }
  static void trim(Spare& spare) noexcept {
    auto& c = static_cast<PipeCell&>(static_cast<PipeHead&>(spare));
    const auto fit = [&c](std::size_t used) {
      return std::min(std::max(used, smallest_room * sizeof(T)), c.capacity);
    };
    if (c.written() == 0)
      c.give_back(c.in);
    else if (fit(c.written()) < c.in.size)
      c.move_to(c.in, c.in.begin, c.write, fit(c.written()));
    if (c.readable() == 0)
      c.give_back(c.out);
    else if (fit(c.readable()) < c.out.size &&
             c.move_to(c.out, c.read, c.read_end, fit(c.readable())))
      c.read = c.out.begin;
    c.settle_after_trim();
  }
  // Nobody will read: what is queued dies, and what asks for more, which may hold the last Fwd.
  [[gnu::noinline]] void leave() noexcept {
    readers = 1;
    if (state != ended) end();
    Spare::leave();  // what dies may trim the runtime, which would move what is dying
    while (has_items())
      for (; read != read_end; read += sizeof(T)) at(read)->~T();
    give_back(in);
    give_back(out);
    settle_after_trim();
    readers = 0;
    if (this->count == 0) free();
  }
  void free() noexcept { Pool::destroy(*this); }
  static void last_fwd_gone(FwdCell& cell) {
    auto& c = const_cast<PipeCell&>(of(cell));
    if (c.readers == 0)
      c.free();
    else if (c.state == open)
      c.lose(DropScope::reason());
  }
};
}  // namespace detail

}  // namespace troupe
