// core/fwd_set.hpp: `FwdSet<T...>`: one value to many receivers.
#pragma once
#include <memory>
#include <troupe/core/fwd.hpp>

namespace troupe {

/// Fans values out to any number of Fwds, in the order in which they were added, and forgets receivers that have ended.
/// A receiver may be added and removed while a value is sent: who is added hears from the next value on.
template <class... T> class FwdSet {
 public:
  /// Names one receiver; 0 names none.
  using Key = std::uint64_t;
  FwdSet() noexcept = default;
  FwdSet(FwdSet&& other) noexcept
      : slots_(std::move(other.slots_)),
        size_(std::exchange(other.size_, 0)),
        room_(std::exchange(other.room_, 0)),
        live_(std::exchange(other.live_, 0)),
        last_(other.last_) {}
  FwdSet& operator=(FwdSet&& other) noexcept {
    FwdSet old(std::move(*this));
    slots_ = std::move(other.slots_);
    size_ = std::exchange(other.size_, 0);
    room_ = std::exchange(other.room_, 0);
    live_ = std::exchange(other.live_, 0);
    last_ = other.last_;
    return *this;
  }

  /// Adds a receiver. May throw bad_alloc.
  Key add(Fwd<T...> fwd) {
    if (size_ == room_) grow();
    slots_[size_++] = {++last_, std::move(fwd)};
    ++live_;
    return last_;
  }
  /// Removes a receiver; false when it is not there (any more).
  bool remove(Key key) noexcept {
    for (std::size_t i = 0; i < size_; ++i)
      if (slots_[i].key == key && key != 0) {
        forget(i);
        if (sending_ == 0) compact();
        return true;
      }
    return false;
  }
  /// Sends a copy of the values to each receiver; how many there were. Cost: one Fwd call a receiver.
  std::size_t operator()(const T&... value) {
    const Sending sending(*this);
    std::size_t sent = 0;
    const std::size_t end = size_;
    for (std::size_t i = 0; i < end; ++i) {
      if (!slots_[i].key) continue;
      if (!slots_[i].fwd.is_wanted()) {
        forget(i);
        continue;
      }
      ++sent;
      const Fwd<T...> fwd = slots_[i].fwd;  // the slots may move under a body
      fwd(T(value)...);
    }
    return sent;
  }
  /// Receivers that were added, not removed, and not found ended so far.
  std::size_t size() const noexcept { return live_; }
  bool empty() const noexcept { return live_ == 0; }

 private:
  struct Sending {  // nothing moves meanwhile
    explicit Sending(FwdSet& s) noexcept : set(s) { ++set.sending_; }
    ~Sending() {
      if (--set.sending_ == 0 && set.live_ != set.size_) set.compact();
    }
    FwdSet& set;
  };
  struct Slot {
    Key key = 0;
    Fwd<T...> fwd;
  };
  void grow() {
    const std::size_t room = room_ ? room_ * 2 : 4;
    auto bigger = std::make_unique<Slot[]>(room);
    for (std::size_t i = 0; i < size_; ++i) bigger[i] = std::move(slots_[i]);
    slots_ = std::move(bigger);
    room_ = room;
  }
  void forget(std::size_t i) noexcept {
    slots_[i].key = 0;
    const Fwd<T...> dies_last = std::exchange(slots_[i].fwd, {});
    --live_;
  }
  void compact() noexcept {
    std::size_t to = 0;
    for (std::size_t i = 0; i < size_; ++i)
      if (slots_[i].key) {
        if (to != i) slots_[to] = std::exchange(slots_[i], {});
        ++to;
      }
    size_ = to;
  }
  std::unique_ptr<Slot[]> slots_;
  std::size_t size_ = 0, room_ = 0, live_ = 0;
  Key last_ = 0;
  unsigned sending_ = 0;
};

}  // namespace troupe
