// thread/room.hpp: what a task does where another runtime does not keep up: it waits for room.
#pragma once
#include <troupe/task/spawn.hpp>
#include <troupe/task/waiter.hpp>
#include <troupe/thread/remote.hpp>

namespace troupe {

namespace detail {
// At the lane from one runtime to another; of no node where the caller's runtime ends.
struct RoomWait {
  static constexpr const char* what = "room for calls to another runtime";
  using reply_type = std::expected<bool, ActorFail>;
  RoomWait(Node* n, unsigned number) noexcept : me(n), to(number) {}
  bool begin(Waiter&) const noexcept { return !me || me->has_room_at_once(to); }
  Link& ring(Waiter&) const noexcept { return me->out(to).line().waiting; }
  bool take(Waiter& w) const noexcept {
    w.unlink();
    if (!me) return false;
    me->serve_room(to);
    return !me->is_over(to);
  }
  void leave(Waiter&) const noexcept {
    if (me) me->serve_room(to);
  }
  Link& stored() const noexcept { return me ? me->out(to).line().stored : RoomLine::nowhere(); }
  Node* me;
  unsigned to;
};
}  // namespace detail

/// `const bool there = co_await room(remote)`: waits until calls to that actor's runtime would not
/// be refused: at once while its lane is below the bound (`EnsembleOptions::lane_bound`) and nobody
/// waits. Give it before each call, or each few, that must not be lost:
/// `while (more && co_await room(store)) call<&Store::set>(store, key, value)`. To the caller's own
/// runtime there is always room.
///
/// Those who wait are served in order. One is told at a time, the next when that one goes on: each
/// may write up to half a chunk (`EnsembleOptions::lane_chunk`) without waiting anew. Other
/// callers, who do not wait, may take the room first; and a call that is larger than a chunk may
/// be refused though there is room. A runtime that rests is woken for it when half of the lane is
/// free.
/// @returns false where the other runtime has ended, also while waiting, and where the caller's
/// ends: calls are dropped
///
/// Cancellation: a task that is dropped leaves the line, and the next one is told. While the
/// caller's runtime ends, it is lost (`Why::dropped`). Lifetime: the Remote may go. Where no
/// runtime is seated there yet, it waits for one to come. Thread: as for a call. Cost: no
/// allocation; the reader does not look for those who wait but where it leaves a chunk.
template <class A> ObjectWait<detail::RoomWait> room(const Remote<A>& to) {
  return ObjectWait<detail::RoomWait>(
      detail::RoomWait(detail::caller_of<A>(to.entry()), to.entry()->home));
}

namespace detail {
template <class A> Task<bool> wait_for_room(Remote<A> to) {
  const bool there = co_await room(to);
  co_return there;
}
}  // namespace detail

/// Tells `ret` when calls to that actor's runtime would not be refused: `true`, at once where that
/// is so, or `false` where the other runtime has ended. For an actor, which cannot await room():
/// `tell_room(cx, remote, ret_to<&A::room>(cx))`. It waits as a task does, in the same line. The
/// answer is a call: the next one in the line, and others, may have taken the room by then; so look
/// at what becomes of calls that must not be lost.
/// @param context a `Runtime`, `Core` or `Cx` of the caller's runtime
/// @returns a ref, by which the wait can be taken back; it need not be kept. Where the actor ends
/// that `ret` calls, the wait is passed over when its turn comes
/// @throws std::bad_alloc when there is no memory; `ret` hears so
///
/// Cost: a small task. While the caller's runtime ends, `ret` hears a failure.
template <class Context, class A>
  requires detail::spawn_context<Context>
TaskRef tell_room(Context& context, const Remote<A>& to, Ret<bool> ret) {
  return spawn(context, &detail::wait_for_room<A>, std::move(ret), to);
}

/// How many calls without a Ret the caller's runtime has had refused because the lane to that
/// actor's runtime was at its bound, since it has its seat; 0 while it ends. Each episode is also
/// told in the log: one error at the first such call, which is a line on standard error where no
/// logger is set, and one warning with their number when the other runtime has caught up, or either
/// has ended. Calls with a Ret are not counted: the Ret hears
/// `overloaded`. To the caller's own runtime none are refused. On a thread without a runtime of the
/// ensemble: how many calls of all such threads that runtime has had refused. Thread: as for a
/// call. Cost: reads two numbers; on such a thread under a lock.
template <class A> std::uint64_t refused_calls(const Remote<A>& to) {
  const detail::Export* const there = to.entry();
  detail::Node* const me = there ? detail::Node::here() : nullptr;
  if (there && (!me || !me->is_of(there->all))) return detail::refused_outside(*there);
  if (!detail::caller_of<A>(there) || me->number() == there->home) return 0;
  return me->out(there->home).all_refused();
}

}  // namespace troupe
