// thread/remote_call.hpp: which calls to another runtime the compiler takes, and how one becomes a
// record of a lane. (internal)
#pragma once
#include <troupe/core/call.hpp>
#include <troupe/thread/far_fwd.hpp>
#include <troupe/thread/sendable_ret.hpp>
#include <troupe/thread/sent_ret.hpp>

namespace troupe::detail {
struct an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself {};
struct a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime {};
struct a_Fwd_of_what_cannot_cross_threads_cannot_be_called_by_another_runtime {};

template <class P> inline constexpr bool crosses_runtimes = Sendable<P>;
template <class... T> inline constexpr bool crosses_runtimes<Ret<T...>> = (Sendable<T> && ...);
template <class... T>
inline constexpr bool crosses_runtimes<Fwd<T...>> = (crosses_runtimes<T> && ...);
template <class Params> inline constexpr bool all_cross = false;
template <class... P> inline constexpr bool all_cross<Types<P...>> = (crosses_runtimes<P> && ...);
template <template <class...> class C, class P> inline constexpr bool a_bad_one_of = false;
template <template <class...> class C, class... T>
inline constexpr bool a_bad_one_of<C, C<T...>> = !crosses_runtimes<C<T...>>;
template <template <class...> class C, class Params> inline constexpr bool has_bad_one_of = false;
template <template <class...> class C, class... P>
inline constexpr bool has_bad_one_of<C, Types<P...>> = (a_bad_one_of<C, P> || ...);

// What a local handle to the same actor would be: the rules of calls are the same.
template <class To> using local_of = Actor<typename std::remove_cvref_t<To>::troupe_remote_to>;
template <class To, auto M, class... X>
concept good_remote_call =
    a_remote_handle<To> && good_call<local_of<To>, M, X...> && all_cross<StoredFor<M, X...>>;
template <class Params> auto find_crossing_mistake() {
  if constexpr (has_bad_one_of<Ret, Params>)
    return a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime{};
  else if constexpr (has_bad_one_of<Fwd, Params>)
    return a_Fwd_of_what_cannot_cross_threads_cannot_be_called_by_another_runtime{};
  else
    return an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself{};
}
// Of a local verb's mistake: a loan of what belongs to a runtime is no cure here.
template <class Local, auto M> auto find_far_mistake() {
  if constexpr (std::is_same_v<Local,
                               a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow>) {
    if constexpr (one_names_a_runtimes_thing<typename Method<decltype(M)>::params>)
      return find_crossing_mistake<Types<>>();
    else
      return Local{};
  } else {
    return Local{};
  }
}
template <class To, auto M, class... X> auto find_remote_call_mistake() {
  if constexpr (!a_remote_handle<To>)
    return no_mistake{};  // another verb's
  else if constexpr (good_remote_call<To, M, X...>)
    return no_mistake{};
  else if constexpr (good_call<local_of<To>, M, X...>)
    return find_crossing_mistake<StoredFor<M, X...>>();
  else
    return find_far_mistake<CallMistake<local_of<To>, M, X...>, M>();
}
// Which argument it is that does not cross, for the compiler to print.
template <int N, class... P> auto find_crossing_argument(Types<P...>) { return no_mistake{}; }
template <int N, class X, class... Xs, class P, class... Ps>
auto find_crossing_argument(Types<P, Ps...>) {
  if constexpr (!crosses_runtimes<P>)
    return argument<N, given<X>, wanted<P>>{};
  else
    return find_crossing_argument<N + 1, Xs...>(Types<Ps...>{});
}
struct WhichCrosses {
  template <auto M, class... X>
  using argument =
      decltype(find_crossing_argument<1, X...>(typename Method<decltype(M)>::params{}));
};
template <>
struct Which<an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself>
    : WhichCrosses {};
template <>
struct Which<a_Ret_of_what_cannot_cross_threads_cannot_be_answered_by_another_runtime>
    : WhichCrosses {};
template <>
struct Which<a_Fwd_of_what_cannot_cross_threads_cannot_be_called_by_another_runtime>
    : WhichCrosses {};
template <class To, auto M, class... X>
using RemoteCallMistake = decltype(find_remote_call_mistake<To, M, X...>());

// How a method runs on what a lane brings.
template <class Invoke> struct FarInvoke : Invoke {
  template <class... X> TROUPE_INLINE static decltype(auto) invoke(Box& box, X&&... x) {
    return Invoke::invoke(box, detail::arrived(std::addressof(box), std::forward<X>(x))...);
  }
};
template <class Invoke> struct FarCall {
  template <class Args> using record = Call<FarInvoke<Invoke>, Args>;
};
// From here on the call goes its way: nothing of the user's runs before the record is there.
template <class Invoke, class... X>
TROUPE_INLINE void write_call(Node& me, const Export& to, X&&... x) {
  write_crossing<FarCall<Invoke>, LaneRoom::runs>(me, me.out(to.home), me.in(to.home),
                                                  {to.type, to.id, me.now()}, to.box,
                                                  std::forward<X>(x)...);
}
// Ends the process, unless the runtime that runs here ends, and has left its seat already, or the
// actor's had when the handle was made.
TROUPE_COLD void called_from_nowhere(const Export* to, std::string_view type) noexcept;
// The node of the runtime that calls; null where it ends, or the actor's has.
template <class A> TROUPE_INLINE Node* caller_of(const Export* to) noexcept {
  Node* const me = to ? Node::here() : nullptr;
  if (!me || !me->is_of(to->all)) [[unlikely]] {
    called_from_nowhere(to, type_name<A>);
    return nullptr;
  }
  return me->is_ending() ? nullptr : me;
}
// What a Ret hears where that is null.
inline Why why_no_caller(const Export& to) noexcept { return to.all ? Why::ended : Why::lost; }

// ---- from a thread that runs no runtime of the ensemble
// The lane for that; null, and why, where the caller or the actor's runtime ends. `carries`: a Ret
// or Fwd goes along, which ends the process.
TROUPE_COLD Lane* lane_from_outside(const Export* to, bool carries, std::string_view type,
                                    Why& why) noexcept;
class WriteFromOutside {
 public:
  explicit WriteFromOutside(const Export& to);
  WriteFromOutside(const WriteFromOutside&) = delete;
  ~WriteFromOutside();

 private:
  std::lock_guard<std::mutex> hold_;
};
void count_refused_outside(const Export& to, Lane& lane) noexcept;
std::uint64_t refused_outside(const Export& to) noexcept;

// Whether it has a home on this thread, so that it cannot go.
template <class T> bool stays_here(const T&) noexcept { return false; }
template <class... T> bool stays_here(Ret<T...>& ret) noexcept {
  if (!ret.take_nop()) return bool(ret);
  ret = Ret<T...>(ret_nop);
  return false;
}
template <class... T> bool stays_here(const Fwd<T...>& fwd) noexcept { return bool(fwd); }
// By value what fits into registers: so that the call's usual way needs no address of it.
template <class X>
using InRegister = std::conditional_t<std::is_trivially_copyable_v<std::remove_cvref_t<X>> &&
                                          sizeof(std::remove_cvref_t<X>) <= 16,
                                      std::remove_cvref_t<X>, X&&>;
template <class Invoke, class A, class... X>
[[gnu::noinline]] void enqueue_from_outside(const Export* to, InRegister<X>... x) {
  Why why;
  const bool carries = (int{stays_here(x)} + ... + 0) != 0;
  if (Lane* const lane = lane_from_outside(to, carries, type_name<A>, why)) {
    using Args = decltype(detail::pack(
        Crossed<std::remove_cvref_t<X>>::cross(*lane, *lane, std::forward<X>(x))...));
    using C = typename FarCall<Invoke>::template record<Args>;
    using R = Record<C>;
    const WriteFromOutside writes(*to);
    if (std::byte* const p = lane->template room<record_size<C>, LaneRoom::runs, true>()) {
      ::new (static_cast<void*>(p)) R{&R::run,
                                      {to->box, detail::pack(Crossed<std::remove_cvref_t<X>>::cross(
                                                    *lane, *lane, std::forward<X>(x))...)}};
      lane->template written<true>();
      return lane->publish();
    }
    why = lane->refusal();
    if constexpr (!(Crossed<std::remove_cvref_t<X>>::hears || ...))
      count_refused_outside(*to, *lane);
  }
  refuse(why, std::forward<X>(x)...);
}

template <class Invoke, class A, class... X>
TROUPE_INLINE void enqueue_remote(const Export* to, X&&... x) {
  Node* const me = to ? Node::here() : nullptr;
  if (!me || !me->is_of(to->all) || me->is_ending()) [[unlikely]]
    return enqueue_from_outside<Invoke, A, X...>(to, std::forward<X>(x)...);
  if (me->number() == to->home)
    return enqueue<Invoke>(to->box, detail::arrived(nullptr, std::forward<X>(x))...);
  write_call<Invoke>(*me, *to, std::forward<X>(x)...);
}
// What a parameter's type is made of; a SendableRet for a Ret becomes one where it arrives.
template <class P> struct SentAs {
  template <class X> static decltype(auto) from(X&& x) {
    return detail::as_stored<P>(std::forward<X>(x));
  }
};
template <class... T> struct SentAs<Ret<T...>> {
  template <class X> static decltype(auto) from(X&& x) {
    if constexpr (std::is_same_v<std::remove_cvref_t<X>, SendableRet<T...>>)
      return SentRet<T...>(std::forward<X>(x));
    else
      return detail::as_stored<Ret<T...>>(std::forward<X>(x));
  }
};
template <class Invoke, class A, class... P, class... X>
TROUPE_INLINE void call_remote(Types<P...>, const Export* to, X&&... x) {
  enqueue_remote<Invoke, A>(to, SentAs<P>::from(std::forward<X>(x))...);
}
Export& export_of(Box* box);  // throws bad_alloc
}  // namespace troupe::detail
