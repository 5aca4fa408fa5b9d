// thread/remote.hpp: `Remote<A>`: a handle to an actor of another runtime of the ensemble.
//
// A call through it is the record that a local call is, written into the lane of this pair of
// runtimes, and run by the other one in place.
#pragma once
#include <troupe/task/ask.hpp>
#include <troupe/thread/remote_call.hpp>

namespace troupe {

/// Names an actor of another runtime, or of the same one, of one ensemble. Made at home by
/// remote(); may be sent, copied and destroyed on any thread. Does not keep the actor alive: a call
/// to one that has ended, or whose runtime has, is dropped, and its Rets hear `lost`. A call that
/// was made arrives though the last Remote goes right behind it. 8 bytes.
template <class A> class Remote {
 public:
  using troupe_remote_to = A;
  /// Names nothing; calling it ends the process.
  Remote() noexcept = default;
  /// Takes over one count.
  explicit Remote(detail::Export& to) noexcept : to_(&to) {}
  Remote(const Remote& other) noexcept : to_(other.to_) {
    if (to_) to_->remotes.fetch_add(1, std::memory_order_relaxed);
  }
  Remote(Remote&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
  Remote& operator=(Remote other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  ~Remote() {
    if (to_ && to_->remotes.fetch_sub(1, std::memory_order_acq_rel) == 1)
      detail::release_export(*to_);
  }
  /// Whether it names an actor.
  explicit operator bool() const noexcept { return to_ != nullptr; }
  /// The number of the actor's runtime; only where it names one.
  unsigned runtime() const noexcept { return to_->home; }
  /// The id of the actor there, as logs have it; only where it names one.
  std::uint64_t id() const noexcept { return to_->id; }
  const detail::Export* entry() const noexcept { return to_; }

 private:
  detail::Export* to_ = nullptr;
};

/// Makes a handle that may go to the other runtimes of the ensemble. On the actor's own thread; its
/// runtime has a seat (`Ensemble::seat`). Once that has left its seat, because it ends, this gives
/// a Remote that names nobody who lives: calls are dropped, and their Rets hear `lost`. Takes one
/// small block of the heap.
/// @param to an `Actor`, an `ActorOwn`, or the `Cx` of the caller itself
/// @throws std::bad_alloc when there is no memory
template <class To>
  requires detail::a_target<To>
Remote<detail::actor_of<To>> remote(To&& to) {
  return Remote<detail::actor_of<To>>(detail::export_of(detail::box_of(to)));
}

/// Calls method `M` of an actor of another runtime, as call() does at home: `call<&A::f>(remote,
/// args...)`. The order of calls from one runtime to another is that in which they were made, to
/// whichever actors; a call behind an answer runs behind who waited for that answer, and so does
/// the function of a Ret or Fwd that is answered or called behind it. They are sent off together,
/// after at most 256 records of the caller's runtime; from outside of a run at once. A call to an
/// actor of the caller's own runtime is a local one.
/// @param args converted here to the parameters' value types, which are `Sendable`. A `Ret` of
/// Sendable values may go along: it is answered here exactly once, with `lost` where the other
/// runtime ends first, behind all answers that it had sent. So may a `Fwd` of Sendable values, Rets
/// and Fwds: the other runtime gets a Fwd of its own, to copy and to call any number of times, and
/// what that is given comes home in order with calls and answers. Each value is a call back, one
/// without a Ret, as far as the bound is concerned: `refused_calls` counts those that find no room.
/// Values for a runtime that has ended are dropped, and so are those that are given while the giver
/// ends. The Fwd here goes when its last copy there has, behind all values; or with that runtime.
/// `is_wanted()` of the copies is false once the end of this runtime is known there, and some time
/// after a value has come home that found its receiver gone: a `FwdSet` there sends it a value or
/// more in vain, and forgets it then. Where no values come it is not told: give a Remote of the
/// receiver too, which watch() watches.
///
/// Errors: where the lane to that runtime is at its bound (`EnsembleOptions::lane_bound`), or no
/// memory is left, the arguments are dropped, and their Rets hear `overloaded` or `no_memory`;
/// calls without a Ret that are refused so are counted and told in the log (`refused_calls`); a
/// task can wait for room first (`room`, both in room.hpp). Answers are not subject to the bound.
/// While the caller's runtime ends, the Rets hear `ended`. Thread: any. Outside of a run, the call
/// is one of the runtime that took its seat last on this thread. Cost: about as much as a local
/// call; no allocation in steady state, no atomic read-modify-write.
///
/// On a thread that runs no runtime of the ensemble, calls to one runtime go through a lane that
/// all such threads share, in order for each thread, and at once. It has the bound of the others. A
/// lock is held while the arguments are moved there: a move constructor that calls a Remote ends
/// the process. No Ret or Fwd may go along but `ret_nop` and `fwd_nop`, or it ends the process;
/// what sendable() makes of a Ret may, on any thread, where the method takes a Ret: it is answered
/// once, with what a Ret here would hear. Refused calls without one are told in the log of the
/// actor's runtime. ask(), watch() and room() need a runtime with a seat.
template <auto M, class To, class... X>
  requires detail::good_remote_call<To, M, X...>
TROUPE_INLINE void call(To&& to, X&&... args) {
  using A = typename std::remove_cvref_t<To>::troupe_remote_to;
  detail::call_remote<detail::MethodCall<M, A>, A>(detail::StoredFor<M, X...>{}, to.entry(),
                                                   std::forward<X>(args)...);
}
template <auto M, class To, class... X, class Mistake = detail::RemoteCallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(detail::a_remote_handle<To> && !detail::good_remote_call<To, M, X...>)
void call(To&&, X&&...) = delete;  // see Mistake

namespace detail {
template <class Invoke, class A, class Args> struct RemoteAskStart;
template <class Invoke, class A, class... X> struct RemoteAskStart<Invoke, A, Types<X...>> {
  static constexpr const char* what = "an answer from";
  static constexpr std::string_view whom = type_name<A>;
  Remote<A> to;
  Pack<X...> args;
  template <class... T> void operator()(Core&, Ret<T...> ret) {
    args([&](auto&... x) {
      enqueue_remote<Invoke, A>(to.entry(), std::move(x)..., std::move(ret));
    });
  }
};
template <class Invoke, class A, class... P, class... T, class... X>
auto make_remote_ask(Types<P...>, Types<T...>, Remote<A> to, X&&... x) {
  using Start = RemoteAskStart<Invoke, A, Types<P...>>;
  return Pull<Start, T...>(Start{std::move(to), detail::pack(P(std::forward<X>(x))...)});
}
template <class Params> inline constexpr bool all_sendable = false;
template <template <class...> class C, class... T>
inline constexpr bool all_sendable<C<T...>> = (Sendable<T> && ...);
template <class To, auto M, class... X>
concept good_remote_ask = a_remote_handle<To> && good_ask<local_of<To>, M, X...> &&
                          all_cross<typename take_types<sizeof...(X), StoredFor<M, X...>>::type> &&
                          all_sendable<typename Answers<M>::type>;
template <class To, auto M, class... X> auto find_remote_ask_mistake() {
  if constexpr (!a_remote_handle<To>)
    return no_mistake{};
  else if constexpr (good_remote_ask<To, M, X...>)
    return no_mistake{};
  else if constexpr (!good_ask<local_of<To>, M, X...>)
    return find_far_mistake<AskMistake<local_of<To>, M, X...>, M>();
  else if constexpr (!all_sendable<typename Answers<M>::type>)
    return a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime{};
  else
    return find_crossing_mistake<typename take_types<sizeof...(X), StoredFor<M, X...>>::type>();
}
template <class To, auto M, class... X>
using RemoteAskMistake = decltype(find_remote_ask_mistake<To, M, X...>());
}  // namespace detail

/// Asks an actor of another runtime, as ask() does at home: `co_await ask<&A::f>(remote, args...)`.
/// Arguments are as for a remote call; the answer is `Sendable`; all else is as for a local ask,
/// and for a remote call. `ret.is_wanted()` is always true for the handler: it does not see the
/// asker.
/// @throws std::bad_alloc at the await, when the runtime needs memory and there is none
template <auto M, class To, class... X>
  requires detail::good_remote_ask<To, M, X...>
auto ask(To&& to, X&&... args) {
  using A = typename std::remove_cvref_t<To>::troupe_remote_to;
  using Invoke = std::conditional_t<detail::Answers<M>::Last::is, detail::MethodCall<M, A>,
                                    detail::AnswerByResult<M, A>>;
  using Params = detail::StoredFor<M, X...>;
  return detail::make_remote_ask<Invoke>(typename detail::take_types<sizeof...(X), Params>::type{},
                                         typename detail::Answers<M>::type{}, Remote<A>(to),
                                         std::forward<X>(args)...);
}
template <auto M, class To, class... X, class Mistake = detail::RemoteAskMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(detail::a_remote_handle<To> && !detail::good_remote_ask<To, M, X...>)
detail::Refused ask(To&&, X&&...) = delete;  // see Mistake

}  // namespace troupe
