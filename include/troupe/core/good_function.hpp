// core/good_function.hpp: which functions the queue takes, and what is wrong with those that it
// refuses. (internal)
#pragma once
#include <troupe/base/escape.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/core/function_types.hpp>
#include <troupe/core/mistake.hpp>
#include <type_traits>

namespace troupe {

class Core;

namespace detail {
template <class F>
concept lambda_captures_nothing = Captureless<F>;
template <class F, class... B>
concept the_function_takes = std::is_invocable_v<F&, Core&, B...> || std::is_invocable_v<F&, B...>;
template <class F, class... B>
concept good_function =
    lambda_captures_nothing<F> && no_argument_borrows<B...> && the_function_takes<F, B...>;

template <class Params, class... B> inline constexpr bool one_is_by_reference = false;
template <class P, class... B>
inline constexpr bool is_reference_to_one = (std::is_same_v<P, B&> || ...);
template <class... P, class... B>
inline constexpr bool one_is_by_reference<Types<P...>, B...> =
    (is_reference_to_one<P, B...> || ...);
// Of a value that is bound to it, a class that is not const: nothing is lent.
template <class F, class... B>
concept takes_bound_by_reference = one_is_by_reference<typename FunctionTypes<F>::written, B...>;

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
    return a_bound_argument_must_have_a_noexcept_move_constructor_or_bind_a_unique_ptr_to_it{};
  else if constexpr (takes_bound_by_reference<F, B...>)
    return a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference{};
  else
    return Otherwise{};
}
template <class F, class... B>
using FunctionMistake =
    decltype(find_function_mistake<good_function<F, B...>,
                                   the_function_does_not_take_these_bound_arguments, F, B...>());
}  // namespace detail

}  // namespace troupe
