// core/good_call.hpp: which calls the compiler takes, and what is wrong with those that it refuses.
// (internal)
#pragma once
#include <troupe/base/escape.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/core/good_function.hpp>
#include <troupe/core/method.hpp>
#include <troupe/core/mistake.hpp>

namespace troupe::detail {

template <class To, auto M> using CallOf = MethodCall<M, actor_of<To>>;

// What each argument is stored as: its parameter's value type, or the borrow that the caller
// vouches for.
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
    : stored_for<true,
                 Types<D..., std::conditional_t<is_borrowed<std::remove_cvref_t<X>>,
                                                std::remove_cvref_t<X>, P>>,
                 Types<Rest...>, Xs...> {};
template <auto M, class... X>
using StoredFor = typename stored_for<(is_borrowed<std::remove_cvref_t<X>> || ...), Types<>,
                                      typename Method<decltype(M)>::params, X...>::type;

template <class P, class X> inline constexpr bool fits = std::is_convertible_v<X, P>;
template <class P, class X>
  requires is_borrowed<std::remove_cvref_t<X>>
inline constexpr bool fits<P, X> =
    std::is_convertible_v<X, P> || std::is_convertible_v<X, const P&>;
// A Literal is made where the compiler sees the text; behind a forwarding reference it does not.
template <class P, class X>
inline constexpr bool lacks_literal =
    std::is_same_v<P, Literal> && std::is_convertible_v<X, const char*> &&
    !std::is_pointer_v<std::remove_cvref_t<X>>;
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
                    every_parameter_owns_its_value<StoredFor<M, X...>> &&
                    arguments_convert_to_the_parameters<M, X...>;

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
    return a_parameter_must_have_a_noexcept_move_constructor_or_take_a_unique_ptr_to_it{};
  else
    return a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it{};
}
template <class Params, class... X> inline constexpr bool a_ret_do_is_missing = false;
template <class... P, class... X>
inline constexpr bool a_ret_do_is_missing<Types<P...>, X...> = (lacks_ret_do<P, X> || ...);
template <class Params, class... X> inline constexpr bool a_fwd_do_is_missing = false;
template <class... P, class... X>
inline constexpr bool a_fwd_do_is_missing<Types<P...>, X...> = (lacks_fwd_do<P, X> || ...);

// A Ret or a Fwd that the method takes, and for which nothing is given.
template <class P, class... X> inline constexpr bool ret_left_out = false;
template <class... T, class... X>
inline constexpr bool ret_left_out<Ret<T...>, X...> = !(std::is_convertible_v<X, Ret<T...>> || ...);
template <class P, class... X> inline constexpr bool fwd_left_out = false;
template <class... T, class... X>
inline constexpr bool fwd_left_out<Fwd<T...>, X...> = !(std::is_convertible_v<X, Fwd<T...>> || ...);
template <class... X, class... P> auto find_count_mistake(Types<P...>) {
  if constexpr (sizeof...(X) < sizeof...(P) && (ret_left_out<P, X...> || ...))
    return the_method_takes_a_Ret_pass_ret_nop_or_ret_to_or_ask_it{};
  else if constexpr (sizeof...(X) < sizeof...(P) && (fwd_left_out<P, X...> || ...))
    return the_method_takes_a_Fwd_pass_fwd_to_or_fwd_do{};
  else
    return the_method_takes_another_number_of_arguments{};
}
template <bool Good, class To, auto M, class... X> auto find_call_mistake() {
  using Target = decltype(mistake_in_target<To, M>());
  if constexpr (Good)
    return no_mistake{};
  else if constexpr (!std::is_same_v<Target, no_mistake>)
    return Target{};
  else if constexpr (lends<X...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (Method<decltype(M)>::params::size != sizeof...(X))
    return find_count_mistake<X...>(typename Method<decltype(M)>::params{});
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

// A method beside the actor, where it belongs in angle brackets.
template <class... X>
concept names_a_method_behind =
    (std::is_member_pointer_v<std::remove_cvref_t<X>> || ...) && (a_target<X> || ...);
template <class To>
concept a_place = a_target<To> || std::is_convertible_v<To, Core&>;
// What stands where the actor or the Core belongs, which comes behind it.
template <class X, class To>
concept stands_before =
    !a_place<X> && !std::is_member_pointer_v<std::remove_cvref_t<X>> && a_place<To>;

// What is wrong where no time of the right kind follows whom it is for; Kind says which it takes.
template <class Kind, class To, class When> auto find_time_mistake() {
  if constexpr (!a_place<To> && a_place<When>)
    return the_actor_or_Core_comes_first{};
  else if constexpr (std::is_arithmetic_v<std::remove_cvref_t<When>>)
    return a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5{};
  else if constexpr (a_wait<When> || an_instant<When>)
    return Kind{};
  else
    return behind_the_actor_or_Core_comes_the_time{};
}
template <class... A> using TimeMistake = decltype(find_time_mistake<A...>());

template <class A, class F, class... B>
concept the_function_takes_the_actor =
    std::is_invocable_v<F&, A&, Cx<A>&, B...> || std::is_invocable_v<F&, A&, B...>;
template <class To, class F, class... B>
concept good_function_for =
    a_target<To> && lambda_captures_nothing<F> && no_argument_borrows<B...> &&
    the_function_takes_the_actor<actor_of<To>, F, B...>;

template <class To, class F, class... B>
using FunctionForMistake =
    decltype(find_function_mistake<good_function_for<To, F, B...>,
                                   the_function_does_not_take_these_bound_arguments, F, B...>());

}  // namespace troupe::detail
