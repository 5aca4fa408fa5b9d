// core/call.hpp: calling actors, and deferring functions: now, lazily, idly, or synchronously from the loop.
//
// A call is asynchronous, typed and, in steady state, free of allocation. Arguments are converted at the call to the
// parameters' own value types and stored in the queue; calls run in the order in which they were made.
#pragma once
#include <optional>
#include <troupe/core/mistake.hpp>
#include <troupe/core/record.hpp>

namespace troupe {

class Runtime;

namespace detail {
template <class To, auto M> using CallOf = MethodCall<M, actor_of<To>>;

// What each argument is stored as: its parameter's value type, or the borrow that the caller vouches for.
template <class X> inline constexpr bool is_borrowed = false;
template <class T> inline constexpr bool is_borrowed<Borrowed<T>> = true;
template <bool AnyBorrowed, class Done, class Params, class... X> struct stored_for {};
template <class Params, class... X> struct stored_for<false, Types<>, Params, X...> {
  using type = Params;
};
template <class... D, class... Rest> struct stored_for<true, Types<D...>, Types<Rest...>> {
  using type = Types<D..., Rest...>;
};
template <class... D, class P, class... Rest, class X, class... Xs>
struct stored_for<true, Types<D...>, Types<P, Rest...>, X, Xs...>
    : stored_for<true, Types<D..., std::conditional_t<is_borrowed<std::remove_cvref_t<X>>, std::remove_cvref_t<X>, P>>,
                 Types<Rest...>, Xs...> {};
template <auto M, class... X>
using StoredFor = typename stored_for<(is_borrowed<std::remove_cvref_t<X>> || ...), Types<>,
                                      typename Method<decltype(M)>::params, X...>::type;

template <class P, class X> inline constexpr bool fits = std::is_convertible_v<X, P>;
template <class P, class X>
  requires is_borrowed<std::remove_cvref_t<X>>
inline constexpr bool fits<P, X> = std::is_convertible_v<X, P> || std::is_convertible_v<X, const P&>;
// A Literal is made where the compiler sees the text; behind a forwarding reference it does not.
template <class P, class X>
inline constexpr bool lacks_literal =
    std::is_same_v<P, Literal> && std::is_convertible_v<X, const char*> && !std::is_pointer_v<std::remove_cvref_t<X>>;
template <class P, class X>
  requires lacks_literal<P, X>
inline constexpr bool fits<P, X> = false;
template <class P, class X>
  requires lends<X>
inline constexpr bool fits<P, X> = false;
template <class Params, class... X> inline constexpr bool a_literal_is_missing = false;
template <class... P, class... X>
  requires(sizeof...(P) == sizeof...(X))
inline constexpr bool a_literal_is_missing<Types<P...>, X...> = (lacks_literal<P, X> || ...);
template <class Params, class... X> inline constexpr bool converts = false;
template <class... P, class... X>
  requires(sizeof...(P) == sizeof...(X))
inline constexpr bool converts<Types<P...>, X...> = (fits<P, X> && ...);
template <auto M, class... X>
concept arguments_convert_to_the_parameters = converts<typename Method<decltype(M)>::params, X...>;
template <class To, auto M, class... X>
concept good_call = a_target<To> && handler<M> && has_that_method<To, M> &&
                    every_parameter_owns_its_value<StoredFor<M, X...>> && arguments_convert_to_the_parameters<M, X...>;

template <class To, auto M> auto mistake_in_target() {
  if constexpr (!a_target<To>)
    return the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx{};
  else if constexpr (!handler<M>)
    return a_handler_is_a_method_not_rvalue_qualified_or_static_with_Prep_first{};
  else if constexpr (!has_that_method<To, M>)
    return the_class_of_that_actor_has_no_such_method{};
  else
    return no_mistake{};
}
template <class... P> auto mistake_in_parameters(Types<P...>) {
  if constexpr (((hides_a_callable<P> && !owns_what_it_needs<P>) || ...))
    return a_std_function_hides_what_it_captured_take_a_Fwd_or_Ret{};
  else if constexpr (!(owns_what_it_needs<P> && ...))
    return a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow{};
  else if constexpr (!(nothrow_movable<P> && ...))
    return a_parameter_must_move_without_throwing_mark_its_move_constructor_noexcept_or_take_a_unique_ptr{};
  else
    return a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it{};
}
template <class Params, class... X> inline constexpr bool a_ret_do_is_missing = false;
template <class... P, class... X>
inline constexpr bool a_ret_do_is_missing<Types<P...>, X...> = (lacks_ret_do<P, X> || ...);
template <class Params, class... X> inline constexpr bool a_fwd_do_is_missing = false;
template <class... P, class... X>
inline constexpr bool a_fwd_do_is_missing<Types<P...>, X...> = (lacks_fwd_do<P, X> || ...);

template <bool Good, class To, auto M, class... X> auto find_call_mistake() {
  using Target = decltype(mistake_in_target<To, M>());
  if constexpr (Good)
    return no_mistake{};
  else if constexpr (!std::is_same_v<Target, no_mistake>)
    return Target{};
  else if constexpr (lends<X...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (Method<decltype(M)>::params::size != sizeof...(X))
    return the_method_takes_another_number_of_arguments{};
  else if constexpr (!every_parameter_owns_its_value<StoredFor<M, X...>>)
    return mistake_in_parameters(StoredFor<M, X...>{});
  else if constexpr (a_ret_do_is_missing<typename Method<decltype(M)>::params, X...>)
    return wrap_the_function_in_ret_do_or_ret_some_do{};
  else if constexpr (a_fwd_do_is_missing<typename Method<decltype(M)>::params, X...>)
    return wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to{};
  else if constexpr (a_literal_is_missing<typename Method<decltype(M)>::params, X...>)
    return a_string_literal_is_wrapped_at_the_call_write_Literal_around_it{};
  else
    return an_argument_does_not_convert_to_its_parameter_or_lacks_std_move{};
}
template <class To, auto M, class... X>
using CallMistake = decltype(find_call_mistake<good_call<To, M, X...>, To, M, X...>());
// Which argument it is that does not convert, for the compiler to print.
template <int N, class... P> auto find_argument(Types<P...>) { return no_mistake{}; }
template <int N, class X, class... Xs, class P, class... Ps> auto find_argument(Types<P, Ps...>) {
  if constexpr (!fits<P, X>)
    return argument<N, given<X>, wanted<P>>{};
  else
    return find_argument<N + 1, Xs...>(Types<Ps...>{});
}
template <class Mistake> struct Which {
  template <auto M, class... X> using argument = no_mistake;
};
template <> struct Which<an_argument_does_not_convert_to_its_parameter_or_lacks_std_move> {
  template <auto M, class... X>
  using argument = decltype(find_argument<1, X...>(typename Method<decltype(M)>::params{}));
};

template <class F>
concept lambda_captures_nothing = Captureless<F>;
template <class F, class... B>
concept the_function_takes = std::is_invocable_v<F&, Core&, B...> || std::is_invocable_v<F&, B...>;
template <class A, class F, class... B>
concept the_function_takes_the_actor = std::is_invocable_v<F&, A&, Cx<A>&, B...> || std::is_invocable_v<F&, A&, B...>;
template <class F, class... B>
concept good_function = lambda_captures_nothing<F> && no_argument_borrows<B...> && the_function_takes<F, B...>;
template <class To, class F, class... B>
concept good_function_for = a_target<To> && lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                            the_function_takes_the_actor<actor_of<To>, F, B...>;

template <bool Good, class Otherwise, class F, class... B> auto find_function_mistake() {
  if constexpr (Good)
    return no_mistake{};
  else if constexpr (hides_a_callable<F>)
    return a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it{};
  else if constexpr (std::is_member_pointer_v<F>)
    return a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f{};
  else if constexpr (!std::is_class_v<F> && !function_pointer<F>)
    return this_is_no_function_to_run{};
  else if constexpr (!aligned_to_at_most_16<F>)
    return a_function_object_is_aligned_to_more_than_16_bytes_bind_values_behind_it{};
  else if constexpr (!lambda_captures_nothing<F>)
    return a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture{};
  else if constexpr (lends<B...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (!(owns_what_it_needs<B> && ...))
    return a_bound_argument_borrows_pass_a_value_that_owns_or_unsafe_borrow_it{};
  else if constexpr (!(aligned_to_at_most_16<B> && ...))
    return a_bound_argument_is_aligned_to_more_than_16_bytes_bind_a_std_unique_ptr_to_it{};
  else if constexpr (!(nothrow_movable<B> && ...))
    return a_bound_argument_must_move_without_throwing_mark_its_move_constructor_noexcept_or_bind_a_unique_ptr{};
  else
    return Otherwise{};
}
template <class F, class... B>
using FunctionMistake = decltype(find_function_mistake<good_function<F, B...>,
                                                       the_function_does_not_take_these_bound_arguments, F, B...>());
template <class To, class F, class... B>
using FunctionForMistake = decltype(find_function_mistake<good_function_for<To, F, B...>,
                                                          the_function_does_not_take_these_bound_arguments, F, B...>());

template <class To> TROUPE_INLINE CxBase* target_box(To& to) noexcept {
  CxBase* b = box_of(to);
#if TROUPE_DEBUG
  if (!b) panic("an empty Actor was called: it was moved from or never set", type_name<actor_of<To>>);
#endif
  return b;
}
template <class How, class... P, class... X> TROUPE_INLINE void call_converted(Types<P...>, CxBase* to, X&&... x) {
  enqueue<How>(to, as_stored<P>(std::forward<X>(x))...);
}
template <class How, class... P, class... X> void call_converted_in(CallQueue& q, Types<P...>, CxBase* to, X&&... x) {
  enqueue_counted<How>(q, to, as_stored<P>(std::forward<X>(x))...);
}
}  // namespace detail

/// Calls method `M` of an actor: `call<&Light::set>(light, true)`. Queued; runs once, after all calls made before. To
/// an actor in Prep the call is held until it is ready; to one that has ended it is dropped with its arguments, and
/// their Rets hear `lost`. What the method returns is dropped: to get a result, let the method take a `Ret`, or `ask`
/// it in a coroutine.
/// @param to an `Actor`, an `ActorOwn`, or the `Cx` of the caller itself
/// @param args converted here to the parameters' value types; a conversion that throws queues nothing
/// Errors: a full queue (`Runtime::set_max_queued`) or no memory drops the arguments, and their Rets hear why. Allowed
/// everywhere on the runtime's thread, in destructors too. Cost: about 45 instructions, callee included; no allocation.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
TROUPE_INLINE void call(To&& to, X&&... args) {  // one of an overloaded method: call<with<int>(&A::m)>(...)
  detail::call_converted<detail::CallOf<To, M>>(detail::StoredFor<M, X...>{}, detail::target_box(to),
                                                std::forward<X>(args)...);
}

/// Calls `fn(A&, Cx<A>&, bound...)` or `fn(A&, bound...)` on the actor, as if it were a method of it.
/// @param fn a function, a captureless lambda, or a function object whose fields are Storable
template <class To, class F, class... B>
  requires detail::good_function_for<To, F, B...>
void call(To&& to, F fn, B... bound) {
  detail::enqueue<detail::FunctionCall<detail::actor_of<To>>>(detail::target_box(to), std::move(fn),
                                                              std::move(bound)...);
}

/// Calls method `M` of an actor when the main queue has run empty: for work that should see the results of everything
/// else. All lazy items that are queued now run first; calls that they make run after them. Arguments, errors, thread
/// and cost are those of call(); the lazy queue has a bound of its own, of the same size.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void lazy(To&& to, X&&... args) {  // one of an overloaded method: lazy<with<int>(&A::m)>(...)
  CxBase* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(detail::Access::lazy(detail::Access::core_of(box)),
                                                   detail::StoredFor<M, X...>{}, box, std::forward<X>(args)...);
}

/// Calls method `M` of an actor when the host has nothing else to do: each run that the host asks for idle work
/// executes one idle item, oldest first, before time moves on. The item does not count against the run's limit; what it
/// queues does. Arguments, errors, thread and cost are those of call(): a method that throws fails its actor, and the
/// run goes on. The idle queue has a bound of its own, of the same size.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void idle(To&& to, X&&... args) {  // one of an overloaded method: idle<with<int>(&A::m)>(...)
  CxBase* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(detail::Access::idle(detail::Access::core_of(box)),
                                                   detail::StoredFor<M, X...>{}, box, std::forward<X>(args)...);
}

/// Queues `fn(core, bound...)` or `fn(bound...)`: it runs once, after all that was queued before, and belongs to no
/// actor. An exception out of it is rethrown by `Runtime::run`, which can then be called again.
/// @param bound owned values, copied or moved in
/// Errors: where the queue is at its bound, memory lacks, or the runtime has ended, `fn` and `bound` are destroyed
/// here, and their Rets hear why. Allowed everywhere on the runtime's thread, in destructors too. No allocation.
template <class F, class... B>
  requires detail::good_function<F, B...>
void defer(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::Access::main(core), std::move(fn), std::move(bound)...);
}
/// Queues `fn(core, bound...)` or `fn(bound...)` for when the main queue has run empty. Errors, thread and cost are
/// those of defer().
template <class F, class... B>
  requires detail::good_function<F, B...>
void lazy(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::Access::lazy(core), std::move(fn), std::move(bound)...);
}
/// Queues `fn(core, bound...)` or `fn(bound...)` for when the host has nothing else to do: each run that the host asks
/// for idle work executes one idle item, oldest first, before time moves on. The item does not count against the run's
/// limit; what it queues does. An exception out of it is rethrown by `Runtime::run` before anything else of that run,
/// and the next run goes on behind it. Errors, thread and cost are those of defer().
template <class F, class... B>
  requires detail::good_function<F, B...>
void idle(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::Access::idle(core), std::move(fn), std::move(bound)...);
}

// clang-format off
// The compiler shows these lines where a call is refused; `Mistake` says why, and what to write instead.
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>, class Argument = typename detail::Which<Mistake>::template argument<M, X...>> requires(!detail::good_call<To, M, X...>)
void call(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>, class Argument = typename detail::Which<Mistake>::template argument<M, X...>> requires(!detail::good_call<To, M, X...>)
void lazy(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>, class Argument = typename detail::Which<Mistake>::template argument<M, X...>> requires(!detail::good_call<To, M, X...>)
void idle(To&&, X&&...) = delete;  // see Mistake
template <class To, class F, class... B, class Mistake = detail::FunctionForMistake<To, std::decay_t<F>, std::decay_t<B>...>> requires(detail::a_target<To> && !std::is_member_pointer_v<std::decay_t<F>> && !detail::good_function_for<To, std::decay_t<F>, std::decay_t<B>...>)
void call(To&&, F&&, B&&...) = delete;  // see Mistake
template <class To, class F, class... B, class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f> requires(detail::a_target<To> && std::is_member_pointer_v<F>)
void call(To&&, F, B&&...) = delete;  // a method is named in front: call<&A::f>(actor, ...)
template <class F, class... B, class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>> requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void defer(Core&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B, class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>> requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void lazy(Core&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B, class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>> requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void idle(Core&, F&&, B&&...) = delete;  // see Mistake
// clang-format on

template <class A> void ActorOwn<A>::kill(Error error) const {
  if (!is_zombie()) detail::Access::kill(box_, std::move(error));
}

}  // namespace troupe
