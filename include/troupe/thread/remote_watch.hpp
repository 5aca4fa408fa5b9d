// thread/remote_watch.hpp: hearing of the end of an actor of another runtime.
#pragma once
#include <troupe/core/ret_do.hpp>
#include <troupe/core/watch.hpp>
#include <troupe/thread/remote.hpp>

namespace troupe {

namespace detail {
// The watch, at home: no turn of the actor, which may be in Prep or have ended.
template <class A> struct WatchAtHome {
  Box* box;
  FarRet<StopCause> ret;
  void operator()(Core&) noexcept {
    TROUPE_TRY { (void)watch(handle_of<A>(*box), ret.arrive(box)); }
    TROUPE_CATCH_ALL {}  // no memory: the Ret has heard so
  }
};
template <class A> void watch_remote(const Export* to, Ret<StopCause>&& ret) {
  Node* const me = caller_of<A>(to);
  if (!me) return refuse(why_no_caller(*to), std::move(ret));
  if (me->number() == to->home) {
    (void)watch(handle_of<A>(*to->box), std::move(ret));
    return;
  }
  Lane& lane = me->out(to->home);
  if (!lane.rets().have(1)) return refuse(Why::no_memory, std::move(ret));
  lane.rets().note(to->type, to->id, me->now());
  using R = Record<WatchAtHome<A>>;
  std::byte* const p = lane.template room<record_size<WatchAtHome<A>>>();
  if (!p) return refuse(lane.refusal(), std::move(ret));
  ::new (static_cast<void*>(p))
      R{&R::run, {to->box, Crossed<Ret<StopCause>>::cross(lane, me->in(to->home), std::move(ret))}};
  lane.written();
}
}  // namespace detail

/// Tells `ret` the cause when the actor of another runtime has ended, as watch() does at home:
/// `StopCause::dropped` where its runtime ends, `StopCause::lost` where that one, or the actor, had
/// ended before. The watch cannot be taken back; it goes with the actor that `ret` calls, without
/// telling, or with the caller's runtime (`ended`). Where the lane to that runtime is at its bound
/// `ret` hears `overloaded`. Thread and cost as for a remote call with a Ret, and one cell of
/// each runtime's own memory.
/// @throws std::bad_alloc when there is no memory; `ret` hears `no_memory` or `dropped` then
template <class A> void watch(const Remote<A>& actor, Ret<StopCause> ret) {
  if (ret.take_nop()) return;
  detail::watch_remote<A>(actor.entry(), ret_do(
                                             [](Ret<StopCause> to, Reply<StopCause> cause) {
                                               if (cause)
                                                 to(std::move(*cause));
                                               else if (cause.error() == ActorFail(Why::lost))
                                                 to(StopCause(StopCause::lost));
                                               else
                                                 to.fail(cause.error());
                                             },
                                             std::move(ret)));
}
template <class A, class F, class Mistake = detail::wrap_the_function_in_ret_do_or_ret_some_do>
  requires detail::lacks_ret_do<Ret<StopCause>, F>
void watch(const Remote<A>&, F&&) = delete;  // see Mistake

}  // namespace troupe
