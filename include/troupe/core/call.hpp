// core/call.hpp: calling actors, and deferring functions: now, lazily, idly, or synchronously from the loop.
//
// A call is asynchronous, typed and, in steady state, free of allocation. Arguments are converted at the call to the
// parameters' own value types and stored in the queue; calls run in the order in which they were made.
#pragma once
#include <optional>
#include <troupe/core/record.hpp>

namespace troupe {

class Runtime;

namespace detail {
template <class To, auto M>
using CallOf = MethodCall<M, actor_of<To>>;
template <class Params, class... X>
inline constexpr bool converts = false;
template <class... P, class... X>
  requires(sizeof...(P) == sizeof...(X))
inline constexpr bool converts<Types<P...>, X...> = (std::is_convertible_v<X, P> && ...);
template <auto M, class... X>
concept arguments_convert_to_the_parameters = converts<typename Method<decltype(M)>::params, X...>;
template <class To, auto M, class... X>
concept good_call = a_target<To> && handler<M> && has_that_method<To, M> &&
                    every_parameter_owns_its_value<typename Method<decltype(M)>::params> &&
                    arguments_convert_to_the_parameters<M, X...>;
template <class F>
concept lambda_captures_nothing = Captureless<F>;

template <class To>
TROUPE_INLINE CxBase* target_box(To& to) noexcept {
  CxBase* b = box_of(to);
#if TROUPE_DEBUG
  if (!b) panic("an empty Actor was called: it was moved from or never set", type_name<actor_of<To>>);
#endif
  return b;
}
template <class How, class... P, class... X>
TROUPE_INLINE void call_converted(Types<P...>, CxBase* to, X&&... x) {
  enqueue<How>(to, as_stored<P>(std::forward<X>(x))...);
}
template <class How, class... P, class... X>
void call_converted_in(CallQueue& q, Types<P...>, CxBase* to, X&&... x) {
  enqueue_counted<How>(q, to, as_stored<P>(std::forward<X>(x))...);
}
}  // namespace detail

/// Calls method `M` of an actor: `call<&Light::set>(light, true)`. Queued; runs once, after all calls made before. To
/// an actor in Prep the call is held until it is ready; to one that has ended it is dropped with its arguments.
/// @param to an `Actor`, an `ActorOwn`, or the `Cx` of the caller itself
/// @param args converted here to the parameters' value types; a conversion that throws queues nothing
/// Errors: a full queue (`Runtime::set_max_queued`) or no memory drops the arguments, and their Rets hear why. Allowed
/// everywhere on the runtime's thread, in destructors too. Cost: about 45 instructions, callee included; no allocation.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
TROUPE_INLINE void call(To&& to, X&&... args) {
  detail::call_converted<detail::CallOf<To, M>>(typename detail::Method<decltype(M)>::params{}, detail::target_box(to),
                                                std::forward<X>(args)...);
}

/// Calls `fn(A&, Cx<A>&, bound...)` or `fn(A&, bound...)` on the actor, as if it were a method of it.
/// @param fn a function, a captureless lambda, or a function object whose fields are Storable
template <class To, detail::lambda_captures_nothing F, Storable... B>
  requires detail::a_target<To>
void call(To&& to, F fn, B... bound) {
  detail::enqueue<detail::FunctionCall<detail::actor_of<To>>>(detail::target_box(to), std::move(fn),
                                                              std::move(bound)...);
}

/// Like call(), when the main queue has run empty: for work that should see the results of everything else. A whole
/// batch of lazy items runs before what they call in turn.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void lazy(To&& to, X&&... args) {
  CxBase* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(Access::lazy(Access::core_of(box)),
                                                   typename detail::Method<decltype(M)>::params{}, box,
                                                   std::forward<X>(args)...);
}

/// Like call(), when the host has nothing else to do: one idle item a run, in turn, before time moves on.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void idle(To&& to, X&&... args) {
  CxBase* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(Access::idle(Access::core_of(box)),
                                                   typename detail::Method<decltype(M)>::params{}, box,
                                                   std::forward<X>(args)...);
}

/// Queues `fn(core, bound...)` or `fn(bound...)`. An exception out of it is rethrown by `Runtime::run`, which can then
/// be called again.
template <detail::lambda_captures_nothing F, Storable... B>
void defer(Core& core, F fn, B... bound) {
  detail::enqueue_function(Access::main(core), std::move(fn), std::move(bound)...);
}
/// The same in the lazy queue.
template <detail::lambda_captures_nothing F, Storable... B>
void lazy(Core& core, F fn, B... bound) {
  detail::enqueue_function(Access::lazy(core), std::move(fn), std::move(bound)...);
}
/// The same in the idle queue.
template <detail::lambda_captures_nothing F, Storable... B>
void idle(Core& core, F fn, B... bound) {
  detail::enqueue_function(Access::idle(core), std::move(fn), std::move(bound)...);
}

// clang-format off
// What was meant, for each way to get it wrong: the compiler shows these lines.
template <auto M, class To, class... X> requires(detail::a_target<To> && !detail::handler<M>)
void call(To&&, X&&...) = delete;  // M is no handler: a method that is not &&-qualified, or static with Prep<A>& first
template <auto M, class To, class... X> requires(detail::a_target<To> && detail::handler<M> && !detail::has_that_method<To, M>)
void call(To&&, X&&...) = delete;  // the actor's class has no such method
template <auto M, class To, class... X> requires(detail::a_target<To> && detail::handler<M> && !detail::every_parameter_owns_its_value<typename detail::Method<decltype(M)>::params>)
void call(To&&, X&&...) = delete;  // a parameter borrows: take a value (std::string, not string_view), or unsafe_borrow it
template <auto M, class To, class... X> requires(detail::a_target<To> && detail::has_that_method<To, M> && detail::every_parameter_owns_its_value<typename detail::Method<decltype(M)>::params> && !detail::arguments_convert_to_the_parameters<M, X...>)
void call(To&&, X&&...) = delete;  // the arguments do not convert to the method's parameters (count, types, or a move is missing)
template <class To, class F, class... B> requires(detail::a_target<To> && !detail::lambda_captures_nothing<F>)
void call(To&&, F, B...) = delete;  // a lambda must not capture: pass values as bound arguments behind it, or say unsafe_capture(lambda)
template <class F, class... B> requires(!detail::lambda_captures_nothing<F>)
void defer(Core&, F, B...) = delete;  // a lambda must not capture: pass values as bound arguments behind it, or say unsafe_capture(lambda)
template <detail::lambda_captures_nothing F, class... B> requires(!no_argument_borrows<B...>)
void defer(Core&, F, B...) = delete;  // a bound argument borrows: pass a value that owns, or unsafe_borrow it
template <class To, detail::lambda_captures_nothing F, class... B> requires(detail::a_target<To> && !no_argument_borrows<B...>)
void call(To&&, F, B...) = delete;  // a bound argument borrows: pass a value that owns, or unsafe_borrow it
// clang-format on

template <class A>
void ActorOwn<A>::kill(Error error) const {
  if (is_zombie()) return;
  defer(
      Access::core_of(box_),
      [](ActorOwn own, Error why) { Access::end(*Access::box_of(own), StopCause(StopCause::Kind::killed, std::move(why))); },
      owned(), std::move(error));
}

}  // namespace troupe
