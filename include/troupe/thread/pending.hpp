// thread/pending.hpp: Rets that wait at home for an answer from another runtime. (internal)
//
// A Ret does not leave its runtime. Where a call takes one along, the Ret stays behind in a cell of
// the lane, and the call carries the cell's address. The answer comes back with that address on the
// lane of the other direction. The cells of a lane that are in use form a list: when the other
// runtime has gone, and all that it had sent has run, those left in the list hear `lost`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/core/ret.hpp>

namespace troupe::detail {

class PendingCells;

struct PendingLink {
  PendingLink *next, *before;
};
// For listings, in debug builds: who is called, and on the other side, which is the only one to
// touch that, who was given the Ret.
struct PendingNote {
  const ActorType* type = nullptr;
  std::uint64_t id = 0;
  Instant since;
};
struct PendingHeld {
  PendingHeld *next = this, *before = this;
  PendingNote by;
  void hang_before(PendingHeld& other) noexcept {
    next = &other;
    before = std::exchange(other.before, this);
    before->next = this;
  }
  void unlink() noexcept {
    before->next = next;
    next->before = before;
    next = before = this;
  }
};
struct PendingNotes {
#if TROUPE_DEBUG
  PendingNote whom;
  const void* site = nullptr;
  Box* asker = nullptr;  // counted by the Ret
  PendingHeld held;
#endif
};
struct Pending : PendingLink, PendingNotes {
  PendingCells* cells;
  Pending* failed_next;  // written by the other runtime, in Lane::failed_
  void (*fail)(Pending&, const ActorFail&);
  alignas(8) std::byte ret[sizeof(Ret<>)];

  template <class... T> Ret<T...>& of() noexcept {
    static_assert(sizeof(Ret<T...>) == sizeof(ret));
    return *std::launder(reinterpret_cast<Ret<T...>*>(ret));
  }
  /// The Ret; the cell is free then.
  template <class... T> Ret<T...> take() noexcept;
};

// Used on the thread of the Rets only. The memory stays until the lane goes: another runtime may
// write into a cell whose Ret was answered because its own runtime ended.
class PendingCells {
 public:
  PendingCells() noexcept = default;
  PendingCells(const PendingCells&) = delete;
  ~PendingCells() {
    while (slabs_) ::operator delete(std::exchange(slabs_, slabs_->next));
  }
  /// Whether put() can be called that often now.
  bool have(std::size_t n) noexcept {
    while (free_count_ < n)
      if (!add_slab()) return false;
    return true;
  }
  /// Who is called with those that are put next; for listings.
  void note([[maybe_unused]] const ActorType* type, [[maybe_unused]] std::uint64_t id,
            [[maybe_unused]] const Instant& now) noexcept {
#if TROUPE_DEBUG
    note_ = {type, id, now};
#endif
  }
  template <class... T> Pending& put(Ret<T...>&& ret) noexcept {
    Pending* cell = free_;
    free_ = static_cast<Pending*>(cell->next);
#if TROUPE_DEBUG
    cell->whom = note_;
    cell->site = ret.site();
    cell->asker = asker_of(ret);
#endif
    --free_count_;
    cell->next = &in_use_;
    cell->before = in_use_.before;
    in_use_.before->next = cell;
    in_use_.before = cell;
    cell->fail = [](Pending& self, const ActorFail& why) { self.take<T...>().fail(why); };
    ::new (static_cast<void*>(cell->ret)) Ret<T...>(std::move(ret));
    return *cell;
  }
  void give(Pending& cell) noexcept {
    cell.before->next = cell.next;
    cell.next->before = cell.before;
    cell.next = free_;
    free_ = &cell;
    ++free_count_;
  }
  /// The oldest one that waits, or null.
  Pending* first() noexcept {
    return in_use_.next == &in_use_ ? nullptr : static_cast<Pending*>(in_use_.next);
  }

  /// Calls f(const Pending&) for each one that waits.
  template <class F> void each(F&& f) const {
    for (const PendingLink* p = in_use_.next; p != &in_use_; p = p->next)
      f(*static_cast<const Pending*>(p));
  }

 private:
  struct Slab {
    Slab* next;
  };
  static constexpr std::size_t in_slab = 56;
  bool add_slab() noexcept;
  PendingLink in_use_{&in_use_, &in_use_};  // oldest first
  Pending* free_ = nullptr;
  std::size_t free_count_ = 0;
  Slab* slabs_ = nullptr;
#if TROUPE_DEBUG
  PendingNote note_;
#endif
};

template <class... T> Ret<T...> Pending::take() noexcept {
  Ret<T...> out = std::move(of<T...>());
  of<T...>().~Ret<T...>();
  cells->give(*this);
  return out;
}

}  // namespace troupe::detail
