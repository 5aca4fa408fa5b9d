// thread/pending.hpp: Rets and Fwds that wait at home for what another runtime sends. (internal)
//
// Neither leaves its runtime. Where a call takes one along, it stays behind in a cell of the lane,
// and the call carries the cell's address. The answer comes back with that address on the lane of
// the other direction. The cells of a lane that are in use form a list: when the other runtime has
// gone, and all that it had sent has run, the Rets left in the list hear `lost`, and the Fwds go.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <troupe/core/ret.hpp>
#include <troupe/core/wanted_query.hpp>

namespace troupe::detail {

class PendingList;

struct PendingLink {
  PendingLink *next, *before;
};
// For listings, in debug builds: who is called (no type: whom a Fwd calls), and on the other side,
// which is the only one to touch that, who was given the Ret.
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
  PendingList* cells;
  Pending* failed_next;                      // written by the other runtime, in Lane::failed_
  void (*fail)(Pending&, const ActorFail&);  // or asks, by a WantedQuery
  alignas(8) std::byte kept[sizeof(Ret<>)];  // a Ret; of a Fwd the home side (thread/far_fwd.hpp)

  template <class X> X& of() noexcept {
    static_assert(sizeof(X) <= sizeof(kept));
    return *std::launder(reinterpret_cast<X*>(kept));
  }
  /// The Ret; the cell is free then.
  template <class... T> Ret<T...> take() noexcept;
  /// Whether the answer runs a function at once.
  bool runs_in_place() noexcept {
    const WantedQuery query;
    fail(*this, query);
    return query.runs_in_place;
  }
};
// That of a Fwd: the other runtime counts its Fwds there, in a cache line of its own.
struct PendingFwd : Pending {
  // Set at home, read by the other runtime: a value has found the receiver gone.
  std::atomic<bool> unwanted{false};
  alignas(64) std::byte away[64];
};

// Used on the thread of the Rets and Fwds only.
class PendingList {
 public:
  PendingList() noexcept = default;
  PendingList(const PendingList&) = delete;
  /// Who is called with those that are put next; for listings.
  void note([[maybe_unused]] const ActorType* type, [[maybe_unused]] std::uint64_t id,
            [[maybe_unused]] const Instant& now) noexcept {
#if TROUPE_DEBUG
    note_ = {type, id, now};
#endif
  }
  /// A free cell, which is in use then. Only where PendingCells::have() has said so.
  Pending& use() noexcept {
    Pending* const cell = free_;
    free_ = static_cast<Pending*>(cell->next);
    --free_count_;
    cell->next = &in_use_;
    cell->before = in_use_.before;
    in_use_.before->next = cell;
    in_use_.before = cell;
    return *cell;
  }
  template <class... T> Pending& put(Ret<T...>&& ret) noexcept {
    Pending& cell = use();
#if TROUPE_DEBUG
    cell.whom = note_;
    cell.site = ret.site();
    cell.asker = asker_of(ret);
#endif
    cell.fail = [](Pending& self, const ActorFail& why) {
      if (is_query(&why))
        static_cast<const WantedQuery&>(why).runs_in_place = self.of<Ret<T...>>().runs_in_place();
      else
        self.take<T...>().fail(why);
    };
    ::new (static_cast<void*>(cell.kept)) Ret<T...>(std::move(ret));
    return cell;
  }
  void give(Pending& cell) noexcept {
    cell.before->next = cell.next;
    cell.next->before = cell.before;
    add_free(cell);
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

 protected:
  ~PendingList() = default;
  void add_free(Pending& cell) noexcept {
    cell.next = free_;
    free_ = &cell;
    ++free_count_;
  }
  std::size_t free_count_ = 0;

 private:
  PendingLink in_use_{&in_use_, &in_use_};  // oldest first
  Pending* free_ = nullptr;
#if TROUPE_DEBUG
  PendingNote note_;
#endif
};

// The memory stays until the lane goes: another runtime may write into a cell whose Ret was
// answered because its own runtime ended, and hold a Fwd of one.
template <class Cell, std::size_t InSlab> class PendingCells : public PendingList {
 public:
  PendingCells() noexcept = default;
  ~PendingCells() {
    while (slabs_) delete std::exchange(slabs_, slabs_->next);
  }
  /// Whether use() can be called that often now.
  bool have(std::size_t n) noexcept {
    while (free_count_ < n)
      if (!add_slab()) return false;
    return true;
  }

 private:
  struct Slab {
    Slab* next;
    Cell cells[InSlab];
  };
  bool add_slab() noexcept;
  Slab* slabs_ = nullptr;
};
using PendingRets = PendingCells<Pending, 56>;
using PendingFwds = PendingCells<PendingFwd, 16>;

template <class... T> Ret<T...> Pending::take() noexcept {
  Ret<T...> out = std::move(of<Ret<T...>>());
  of<Ret<T...>>().~Ret<T...>();
  cells->give(*this);
  return out;
}

}  // namespace troupe::detail
