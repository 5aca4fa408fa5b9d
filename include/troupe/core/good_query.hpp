// core/good_query.hpp: which methods the host may query, and the turn in which they run. (internal)
#pragma once
#include <coroutine>
#include <troupe/core/good_call.hpp>
#include <troupe/core/life.hpp>

namespace troupe {

template <class... T> class Ret;

namespace detail {
// A handler that is a coroutine answers later than it returns; so does one with a Ret.
template <class R> inline constexpr bool returned_by_a_coroutine = false;
template <class R>
  requires requires { typename std::coroutine_traits<R>::promise_type; }
inline constexpr bool returned_by_a_coroutine<R> = true;
template <class P> inline constexpr bool ends_in_ret = false;
template <class... T> inline constexpr bool ends_in_ret<Types<Ret<T...>>> = true;
template <class P, class Q, class... Rest>
inline constexpr bool ends_in_ret<Types<P, Q, Rest...>> = ends_in_ret<Types<Q, Rest...>>;
template <class A, auto M, class... X>
concept answers_at_once =
    handler<M> && has_that_method<Actor<A>, M> &&
    !returned_by_a_coroutine<typename Method<decltype(M)>::result> &&
    (std::is_invocable_v<decltype(M), A&, X...> ||
     std::is_invocable_v<decltype(M), A&, Cx<A>&, X...> ||
     std::is_invocable_v<decltype(M), A&, Cx<typename Method<decltype(M)>::actor>&, X...>);
template <class A, auto M, class... X> auto find_query_mistake() {
  using Target = decltype(mistake_in_target<Actor<A>, M>());
  if constexpr (answers_at_once<A, M, X...>)
    return no_mistake{};
  else if constexpr (!std::is_same_v<Target, no_mistake>)
    return Target{};
  else if constexpr (returned_by_a_coroutine<typename Method<decltype(M)>::result> ||
                     (ends_in_ret<typename Method<decltype(M)>::params> &&
                      Method<decltype(M)>::params::size == sizeof...(X) + 1))
    return query_cannot_call_a_coroutine_or_a_method_with_a_Ret_ask_it_from_a_coroutine{};
  else if constexpr (Method<decltype(M)>::params::size != sizeof...(X))
    return the_method_takes_another_number_of_arguments{};
  else
    return an_argument_does_not_convert_to_its_parameter_or_lacks_std_move{};
}
// A turn of an actor that is no record of a queue, as far as what dies and throws in it is
// concerned.
struct TurnOutside {
  explicit TurnOutside(Box& b) noexcept
      : box(b), before(std::exchange(Kernel::current, &b.kernel())) {
    box.ref();
    ++box.kernel().turns_outside;
  }
  TurnOutside(const TurnOutside&) = delete;
  ~TurnOutside() {
    Kernel::current = before;
    box.unref();
  }
  Box& box;
  Kernel* before;
};
template <class A, auto M, class... X>
using QueryMistake = decltype(find_query_mistake<A, M, X...>());
}  // namespace detail

}  // namespace troupe
