// task/child.hpp: a child of a group: where its outcome goes, and how that gets there. (internal)
//
// The strand of a child ends by what is here instead of answering a Ret: so a value moves from the
// frame into the slot, an exception is the group's and not its actor's, and the slot knows its
// strand as long as that is whole.
#pragma once
#include <troupe/task/origin.hpp>
#include <troupe/task/ring.hpp>
#include <troupe/task/spawn.hpp>
#include <variant>

namespace troupe::detail {

class Group;

struct Slot : RingNode {  // of one child; in a ring of its group from its start to its end
  Group* group = nullptr;
  Strand* strand = nullptr;  // until it begins to end, or is parked
  std::uint32_t number = 0;
  bool pooled = false;  // a cell of its own, which goes with the child
  bool asked = false;   // to stop
  bool tries =
      false;  // what it awaits may be there: its first turn finds out, and runs no code of the user
};
// Of a generator's next(): only where an item waits there; else that turn would begin the
// generator.
template <class A> bool tries_first(const A& awaitable) noexcept {
  if constexpr (requires { requires A::runs_within; })
    return awaitable.await_ready();
  else
    return !is_task<A>;
}
template <class T> struct ValueSlot : Slot {
  std::optional<T> value;
};
template <class T> using instead_of_void = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
template <class A>
using slot_of = with_origin<A, ValueSlot<instead_of_void<typename outcome<A>::type>>>;

// The end of the child: it has gone, or is parked.
void child_returned(Slot& slot) noexcept;
void child_failed(Slot& slot, const std::exception_ptr& error) noexcept;
void child_lost(Slot& slot, const ActorFail& why) noexcept;

const std::source_location* made_at(
    const Slot& slot) noexcept;  // the group of that child; null: not known

// Of a Task<T>, into an S, which may have no place for the value. A wrapper is a coroutine of ours,
// around what is no coroutine or a Step, that has put the value into its slot itself.
template <class T, class S, bool IsWrapper = false> struct ChildEnd {
  using P = TaskPromise<T>;
  static constexpr bool keeps_value = !std::is_same_v<S, Slot>;
  static constexpr bool moves_well =
      !keeps_value || std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>;
  static bool returned(const P& p) noexcept {
    if constexpr (std::is_void_v<T>)
      return p.phase == Strand::Phase::finished && !p.error;
    else
      return p.returned();
  }
  static void take_value(P& p, S& slot) {
    if constexpr (!keeps_value)
      return;
    else if constexpr (std::is_void_v<T>)
      slot.value.emplace();
    else
      slot.value.emplace(std::move(p.value));
  }
  static S* slot_of(const P& p) noexcept { return static_cast<S*>(p.holder); }
  static S* take_slot(P& p) noexcept {
    S* slot = slot_of(p);
    p.holder = nullptr;
    if (slot) slot->strand = nullptr;
    return slot;
  }
  static void finish(Strand* s) noexcept {
    auto& p = static_cast<P&>(*s);
    if (!moves_well || !returned(p) || !p.retire_fast()) [[unlikely]]
      return p.phase == Strand::Phase::finished ? conclude(s, nullptr) : p.end_odd_turn();
    S& slot = *slot_of(p);
    slot.strand = nullptr;
    if constexpr (moves_well) take_value(p, slot);
    detail::destroy_frame(*p.core, p);
    detail::child_returned(slot);
  }
  static void conclude(Strand* s, const ActorFail* why) noexcept {
    auto& p = static_cast<P&>(*s);
    Box* owner = p.box;
    if (owner) owner->ref();
    S* slot = take_slot(p);  // none if it was parked
    if (why) {
      const ActorFail loss = *why;
      p.retire();
      p.destroy_frames_for(loss);
      if (slot) detail::child_lost(*slot, loss);
    } else {
      finish_slowly(p, *slot);
    }
    if (!owner) return;
    task_gone(*owner);
    owner->unref();
  }
  static void finish_slowly(P& p, S& slot) noexcept {
    std::exception_ptr error;
    if (p.threw()) {
      error = p.error;
    } else {
      TROUPE_TRY { take_value(p, slot); }
      TROUPE_CATCH_ALL { error = std::current_exception(); }  // as if its co_return had thrown
    }
    if (!error) {
      p.retire();
      p.destroy_frames();
      return detail::child_returned(slot);
    }
    const ActorFail loss = child_threw(*p.core, p.box, error);
    p.retire();
    p.destroy_frames_for(loss);
    detail::child_failed(slot, error);
  }
  static void disown(Strand* s, const ActorFail& why) noexcept {
    if (S* slot = take_slot(static_cast<P&>(*s))) detail::child_lost(*slot, why);
  }
  static const std::source_location* place(const Strand& s) noexcept {
    const S* slot = slot_of(static_cast<const P&>(s));
    return slot ? detail::made_at(*slot) : nullptr;
  }
  static constexpr Strand::Ops ops{
      {&Strand::hooks}, &disown, &conclude, &finish, IsWrapper ? &place : nullptr};
};

template <class T, bool IsWrapper = false, class S>
Strand& begin_child(S& slot, TaskPromise<T>& task) noexcept {
  task.holder = std::addressof(slot);
  task.end_by(ChildEnd<T, S, IsWrapper>::ops);
  return task;
}
inline Strand& begin_wrapper(Slot& slot, Task<>&& task) noexcept {
  return detail::begin_child<void, true>(slot, *task.release());
}

// A slot as an argument of the child's coroutine. The slot is part of the group, which the child
// keeps until it ends.
template <class S> class SlotHandle {
 public:
  explicit SlotHandle(S& s) noexcept : slot_(std::addressof(s)) {}
  S* operator->() const noexcept { return slot_; }

 private:
  S* slot_;
};
// An awaitable as an argument of the child's coroutine: it may borrow, since the child ends before
// its awaiter does.
template <class A> struct Carried {
  explicit Carried(A&& a) : awaitable(std::move(a)) {}
  A awaitable;
};
template <class A, class S> Task<> run_child(Carried<A> child, SlotHandle<S> slot) {
  if constexpr (std::is_same_v<S, Slot>) {
    (void)co_await std::move(child.awaitable);
  } else if constexpr (std::is_void_v<typename outcome<A>::type>) {
    co_await std::move(child.awaitable);
    slot->value.emplace();
  } else {
    slot->value.emplace(co_await std::move(child.awaitable));
  }
}
}  // namespace troupe::detail
