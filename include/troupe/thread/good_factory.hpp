// thread/good_factory.hpp: which functions make what a thread of an EnsembleThreads runs, and what
// is wrong with those that it refuses. (internal)
#pragma once
#include <troupe/core/good_function.hpp>
#include <troupe/core/runtime.hpp>
#include <troupe/thread/sendable.hpp>

namespace troupe {
class Pool;

namespace detail {
struct a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable {};
struct a_factory_that_may_be_called_again_gets_copies_bind_values_that_can_be_copied {};
struct a_Pool_stays_with_its_owner_give_pool_ref {};

template <class F, class... B>
concept good_factory = std::is_invocable_v<F&, Runtime&, B...> && lambda_captures_nothing<F> &&
                       crosses_threads<F> && (Sendable<B> && ...);
template <class F, class... B>
concept good_repeated_factory = good_factory<F, B...> && (std::is_copy_constructible_v<B> && ...);

template <class F, class... B> auto find_factory_mistake() {
  if constexpr ((std::is_same_v<B, troupe::Pool> || ...))
    return a_Pool_stays_with_its_owner_give_pool_ref{};
  else if constexpr (!lambda_captures_nothing<F> || !no_argument_borrows<B...>)
    return find_function_mistake<false, no_mistake, F, B...>();
  else if constexpr (!std::is_invocable_v<F&, Runtime&, B...> && takes_bound_by_reference<F, B...>)
    return a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference{};
  else
    return a_factory_takes_the_Runtime_then_its_arguments_which_are_Sendable{};
}
template <class F, class... B> auto find_repeated_factory_mistake() {
  if constexpr (good_factory<F, B...>)
    return a_factory_that_may_be_called_again_gets_copies_bind_values_that_can_be_copied{};
  else
    return find_factory_mistake<F, B...>();
}
template <class F, class... B> using FactoryMistake = decltype(find_factory_mistake<F, B...>());
template <class F, class... B>
using RepeatedFactoryMistake = decltype(find_repeated_factory_mistake<F, B...>());
}  // namespace detail

}  // namespace troupe
