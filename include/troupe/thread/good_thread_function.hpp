// thread/good_thread_function.hpp: which functions a PipedThread runs, and what is wrong with those
// that it refuses. (internal)
#pragma once
#include <troupe/core/good_function.hpp>
#include <troupe/thread/sendable.hpp>

namespace troupe {
template <class In, class Out> class PipedLink;

namespace detail {
struct the_function_of_a_PipedThread_takes_a_PipedLink_of_In_and_Out_then_its_arguments {};
struct the_function_of_a_PipedThread_returns_nothing_it_sends_by_its_link {};

template <class In, class Out, class F, class... B>
concept takes_its_link = std::is_invocable_v<F&, PipedLink<In, Out>&, B...>;
template <class In, class Out, class F, class... B>
concept good_thread_function =
    Sendable<In> && Sendable<Out> && lambda_captures_nothing<F> && no_argument_borrows<B...> &&
    crosses_threads<F> && (crosses_threads<B> && ...) && takes_its_link<In, Out, F, B...> &&
    std::is_void_v<std::invoke_result_t<F&, PipedLink<In, Out>&, B...>>;

template <class In, class Out, class F, class... B> auto find_thread_function_mistake() {
  if constexpr (!Sendable<In> || !Sendable<Out>)
    return find_sending_mistake<In, Out>();
  else if constexpr ((names_a_runtimes_thing<B> || ...))
    return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
  else if constexpr (!lambda_captures_nothing<F> || !no_argument_borrows<B...>)
    return find_function_mistake<false, no_mistake, F, B...>();
  else if constexpr (!crosses_threads<F> || !(crosses_threads<B> && ...))
    return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
  else if constexpr (!takes_its_link<In, Out, F, B...> && takes_bound_by_reference<F, B...>)
    return a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference{};
  else if constexpr (!takes_its_link<In, Out, F, B...>)
    return the_function_of_a_PipedThread_takes_a_PipedLink_of_In_and_Out_then_its_arguments{};
  else
    return the_function_of_a_PipedThread_returns_nothing_it_sends_by_its_link{};
}
template <class In, class Out, class F, class... B>
using ThreadFunctionMistake = decltype(find_thread_function_mistake<In, Out, F, B...>());
}  // namespace detail

}  // namespace troupe
