// task/pipe_cell.hpp: the items that wait in a pipe, behind its Fwds. (internal)
//
// The cell that the Fwds count is the pipe itself, and lives until the Fwds and the reader have
// gone.
#pragma once
#include <optional>
#include <troupe/task/pipe_head.hpp>
#include <troupe/task/ring.hpp>
#include <troupe/task/weight.hpp>

namespace troupe {

namespace detail {
template <class T, class W> struct PipeCell : Fwd<std::optional<T>>::Cell, PipeHead {
  using Base = typename Fwd<std::optional<T>>::Cell;
  using Scale = detail::Scale<T, W>;
  using Slot = typename Scale::Slot;
  using Weight = WeightOf<T, W>;
  [[no_unique_address]] Scale scale;
  static constexpr std::size_t smallest_room = 8;  // items

  PipeCell(Fwd<>&& m, std::size_t most, WhenFull w) noexcept
      : PipeHead(std::move(m),
                 std::clamp<std::size_t>(most, 1, largest_size / sizeof(Slot)) * sizeof(Slot), w,
                 smallest_room * sizeof(Slot), &trim),
        scale(std::max<std::size_t>(most, 1)) {
    this->put = &put_item;
    this->destroy = &last_fwd_gone;
    this->is_wanted = [](const FwdCell& c) { return of(c).state == open; };
  }
  static const PipeCell& of(const FwdCell& c) noexcept {
    return static_cast<const PipeCell&>(static_cast<const Base&>(c));
  }
  // f(item), which may move it out; then it has gone.
  template <class F> TROUPE_INLINE auto take(F&& f) {
    Slot* slot = at(read);
    auto result = f(std::move(Scale::item_of(*slot)));
    scale.remove(*slot);
    slot->~Slot();
    read += sizeof(Slot);
    return result;
  }
  std::size_t weight_of_all() const noexcept {
    return scale.sum((written() + readable()) / sizeof(Slot));
  }
  TROUPE_INLINE void release() noexcept {
    if (--readers == 0) [[unlikely]]
      leave();
  }
  // In front of all others, also where it is full by now. A stream that has no memory for it is
  // lost.
  [[gnu::noinline]] void put_back(T&& item) noexcept {
    if (read == out.begin && !make_room_in_front()) return lose(ActorFail(Why::no_memory));
    write_at(read -= sizeof(Slot), std::move(item), Scale::weigh(item));
    capacity = std::max(capacity, readable());
    if (waiter) std::exchange(waiter, {}).fire(core());
  }
  void stream_gone() noexcept {
    awaits.object_goes();
    if (readers > 1 && state == open) lose(DropScope::reason());  // a coroutine still waits here
    release();
  }

 private:
  static Slot* at(std::byte* p) noexcept { return std::launder(reinterpret_cast<Slot*>(p)); }
  static void put_item(const Base& cell, std::optional<T>&& value) {
    auto& c = const_cast<PipeCell&>(of(cell));
    const Weight weight = value ? Scale::weigh(*value) : Weight();
    if (value && c.write != c.write_end && c.scale.fits(weight)) [[likely]]
      c.add(std::move(*value), weight);
    else if (value && c.waiter && c.hand)  // nothing is queued: what comes is read next
      c.hand_over(std::move(*value), weight);
    else
      c.put_rarely(std::move(value), weight);
  }
  TROUPE_INLINE void write_at(std::byte* place, T&& item, Weight weight) noexcept {
    ::new (static_cast<void*>(place)) Slot(Scale::slot(std::move(item), weight));
    scale.add(weight);
  }
  TROUPE_INLINE void hand_over(T&& item, Weight weight) {
    write_at(read = hand, std::move(item), weight);
    read_end = read + sizeof(Slot);
    std::exchange(waiter, {}).fire(core());
  }
  TROUPE_INLINE void add(T&& item, Weight weight) noexcept {
    write_at(write, std::move(item), weight);
    write += sizeof(Slot);
  }
  bool is_full(Weight weight) const noexcept {
    return !scale.fits(weight) || written() + readable() >= capacity;
  }
  bool make_room(Weight weight) noexcept {
    return scale.fits(weight) && (widen() || (!is_full(weight) && grow() && widen()));
  }
  [[gnu::noinline]] void put_rarely(std::optional<T>&& value, Weight weight) {
    if (state != open) {
      if (state == lost && value) ++dropped;
    } else if (!value) {
      end();
    } else if (make_room(weight)) {
      add(std::move(*value), weight);
      if (waiter) std::exchange(waiter, {}).fire(core());
    } else {
      overflow(std::move(*value), weight);
    }
  }
  void overflow(T&& value, Weight weight) {
    if (when_full == WhenFull::drop_oldest) return drop_oldest_for(std::move(value), weight);
    ++dropped;
    if (when_full == WhenFull::fail)
      lose(ActorFail(is_full(weight) ? Why::overloaded : Why::no_memory));
  }
  // As many of those that wait longest as it needs. As they end they may use the pipe: its reader
  // may go, and other items may come.
  void drop_oldest_for(T&& value, Weight weight) {
    ++readers;
    while (has_items() && is_full(weight) && (written() < in.size || grow())) {
      ++dropped;
      [[maybe_unused]] const T oldest = take([](T&& item) { return T(std::move(item)); });
    }
    if (state != open || !make_room(weight)) {
      ++dropped;
    } else {
      add(std::move(value), weight);
      if (waiter) std::exchange(waiter, {}).fire(core());
    }
    release();
  }
  // More memory for what is written.
  bool grow() noexcept {
    const std::size_t wide =
        std::min(std::max(in.size * 2, smallest_room * sizeof(Slot)), capacity);
    if (wide <= in.size || !move_to(in, in.begin, write, wide)) return false;
    write_end = write;
    if (wide > small) hand = nullptr, join(kernel_of(core()).spares);
    return true;
  }
  bool make_room_in_front() noexcept {
    const std::size_t wide = std::max(readable() + sizeof(Slot), smallest_room * sizeof(Slot));
    if (!move_to(out, read, read_end, wide, sizeof(Slot))) return false;
    read = out.begin + sizeof(Slot);
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
    for (; first != last; first += sizeof(Slot), behind += sizeof(Slot)) {
      ::new (static_cast<void*>(behind)) Slot(std::move(*at(first)));
      at(first)->~Slot();
    }
    give_back(b);
    b = {other, size};
    last = behind;
    return true;
  }
  static void trim(Spare& spare) noexcept {
    auto& c = static_cast<PipeCell&>(static_cast<PipeHead&>(spare));
    const auto fit = [&c](std::size_t used) {
      return std::min(std::max(used, smallest_room * sizeof(Slot)), c.capacity);
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
      for (; read != read_end; read += sizeof(Slot)) at(read)->~Slot();
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
