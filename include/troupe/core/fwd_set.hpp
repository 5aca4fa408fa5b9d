// core/fwd_set.hpp: `FwdSet<T...>`: one value to many receivers.
//
// The receivers lie in a list of their own, which whoever sends holds on to: so the set itself may
// be moved, replaced or destroyed by a receiver. Keys only grow, and so the list is in the order of
// its keys; those that were removed stay in it until they are more than the others, so that
// removing costs a search by halves and no moving.
#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/core/fwd.hpp>

namespace troupe {

namespace detail {
inline constinit thread_local std::uint64_t last_fwd_key = 0;
}

/// Fans values out to any number of Fwds, in the order in which they were added, and forgets
/// receivers that have ended. While a value is being sent, a receiver may do anything with the set:
///  - add a receiver: it gets the next value, not this one;
///  - remove a receiver, or send another value;
///  - move the set: the remaining receivers still get the value;
///  - assign to the set or destroy it: no other receiver gets the value.
///
/// 8 bytes.
template <class... T> class FwdSet {
 public:
  using troupe_of_one_runtime = void;
  /// Names one receiver; 0 names none. No two sets of a thread give the same.
  using Key = std::uint64_t;
  FwdSet() noexcept = default;
  FwdSet(FwdSet&& other) noexcept : list_(std::exchange(other.list_, nullptr)) {}
  FwdSet& operator=(FwdSet&& other) noexcept {
    FwdSet old(std::move(*this));
    list_ = std::exchange(other.list_, nullptr);
    return *this;
  }
  ~FwdSet() {
    if (List* l = std::exchange(list_, nullptr)) l->end();
  }

  /// Adds a receiver. May throw bad_alloc.
  Key add(Fwd<T...> fwd) {
    if (!list_) list_ = new List;
    return list_->add(std::move(fwd));
  }
  template <class F, class Mistake = detail::wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to>
    requires detail::lacks_fwd_do<Fwd<T...>, F>
  Key add(F&&) = delete;  // see Mistake
  /// Removes a receiver; false when it is not there (any more). Cost: logarithmic in their number.
  bool remove(Key key) noexcept { return list_ && list_->remove(key); }
  /// Sends a copy of the values to each receiver. The values must stay where they are until this
  /// returns. Cost: one Fwd call for each receiver.
  /// @returns how many receivers there were
  std::size_t operator()(const T&... value) {
    if (!list_) return 0;
    const Sending list(*list_);
    std::size_t sent = 0;
    const std::size_t end = list->size;
    for (std::size_t i = 0; i < end && !list->has_ended; ++i) {
      if (list->slots[i].is_gone()) continue;
      if (!list->slots[i].fwd.is_wanted()) {
        list->forget(i);
        continue;
      }
      ++sent;
      const Fwd<T...> fwd = list->slots[i].fwd;  // the slots may move under a body
      fwd(T(value)...);
    }
    return sent;
  }
  /// How many receivers there are. One that has ended counts until a send finds it ended.
  std::size_t size() const noexcept { return list_ ? list_->live : 0; }
  bool empty() const noexcept { return size() == 0; }
  /// Bytes that the list of receivers takes: at most about four times what they need, or 64.
  std::size_t memory() const noexcept { return list_ ? list_->room * sizeof(Slot) : 0; }

 private:
  static constexpr Key gone = Key{1} << 63;
  struct Slot {
    Key key = gone;
    Fwd<T...> fwd;
    bool is_gone() const noexcept { return key & gone; }
  };
  struct List {
    static constexpr std::size_t smallest = 4;  // slots
    Key add(Fwd<T...>&& fwd) {
      if (size == room) make_room();
      const Key key = ++detail::last_fwd_key;
      slots[size++] = {key, std::move(fwd)};
      ++live;
      return key;
    }
    bool remove(Key key) noexcept {
      std::size_t i = 0;
      for (std::size_t n = size; n != 0;) {  // the first that is not less
        const std::size_t half = n / 2;
        if ((slots[i + half].key & ~gone) < key)
          i += half + 1, n -= half + 1;
        else
          n = half;
      }
      if (i == size || slots[i].key != key) return false;
      const Fwd<T...> dies_last = take(i);  // and may take the set along
      if (senders == 0) tidy();
      return true;
    }
    void forget(std::size_t i) noexcept { const Fwd<T...> dies_last = take(i); }
    Fwd<T...> take(std::size_t i) noexcept {
      slots[i].key |= gone;
      --live;
      return std::exchange(slots[i].fwd, {});
    }
    void make_room() {
      if (senders == 0 && live <= room / 2 && room != 0)
        pack(slots.get());
      else if (!move_to(room ? room * 2 : smallest))
        TROUPE_THROW(std::bad_alloc{});
    }
    // Drops the gone ones where they are the most, and memory of which little is used.
    void tidy() noexcept {
      if (room > smallest && live <= room / 4 && move_to(live * 2 > smallest ? live * 2 : smallest))
        return;
      if (size > 2 * live) pack(slots.get());
    }
    bool move_to(std::size_t n) noexcept {
      std::unique_ptr<Slot[]> other(new (std::nothrow) Slot[n]);
      if (!other) return false;
      if (senders == 0)
        pack(other.get());
      else  // who sends counts on where they are
        for (std::size_t i = 0; i < size; ++i) other[i] = std::exchange(slots[i], {});
      slots = std::move(other);
      room = n;
      return true;
    }
    void pack(Slot* to) noexcept {
      const std::size_t n = std::exchange(size, 0);
      for (std::size_t i = 0; i < n; ++i) {
        if (slots[i].is_gone()) continue;
        if (&to[size] != &slots[i]) to[size] = std::exchange(slots[i], {});
        ++size;
      }
    }
    void end() noexcept {  // the set has gone
      has_ended = true;
      ++senders;  // a receiver's end may run anything, but nothing comes here any more
      for (std::size_t i = 0; i < size; ++i)
        if (!slots[i].is_gone()) forget(i);
      leave();
    }
    void leave() noexcept {
      if (--senders != 0) return;
      if (has_ended)
        delete this;
      else
        tidy();
    }
    std::unique_ptr<Slot[]> slots;  // in the order of their keys
    std::size_t size = 0, room = 0, live = 0;
    std::uint32_t senders = 0;  // nothing changes its place meanwhile
    bool has_ended = false;
  };
  struct Sending {
    explicit Sending(List& l) noexcept : list(l) { ++list.senders; }
    Sending(const Sending&) = delete;
    ~Sending() { list.leave(); }
    List* operator->() const noexcept { return &list; }
    List& list;
  };
  List* list_ = nullptr;
};

}  // namespace troupe
