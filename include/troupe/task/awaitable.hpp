// task/awaitable.hpp: what can be awaited, and by which awaiter. (internal)
#pragma once
#include <troupe/base/platform.hpp>
#include <troupe/base/storable.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

// The awaiter of x as the language finds it. Called qualified: argument-dependent lookup would find
// other libraries'.
template <class A> decltype(auto) get_awaiter(A&& a) {
  if constexpr (requires { std::forward<A>(a).operator co_await(); })
    return std::forward<A>(a).operator co_await();
  else if constexpr (requires { operator co_await(std::forward<A>(a)); })
    return operator co_await(std::forward<A>(a));
  else
    return std::forward<A>(a);
}
template <class A> using awaiter_of = decltype(detail::get_awaiter(std::declval<A>()));

// An awaitable of ours may give tasks of ours a smaller awaiter than it gives all others: by a
// private function, whose friend this is.
struct InTask {
  template <class A> static auto awaiter(A&& a) -> decltype(std::forward<A>(a).awaiter_in_task()) {
    return std::forward<A>(a).awaiter_in_task();
  }
};
template <class A> decltype(auto) get_awaiter_in_task(A&& a) {
  if constexpr (requires { InTask::awaiter(std::forward<A>(a)); })
    return InTask::awaiter(std::forward<A>(a));
  else
    return detail::get_awaiter(std::forward<A>(a));
}
template <class A>
using awaiter_in_task_of = decltype(detail::get_awaiter_in_task(std::declval<A>()));

// What is awaited, if it is made there, and its awaiter lie in the frame, which is aligned to 16
// bytes.
template <class T> inline constexpr bool lies_well_in_a_frame = aligned_to_at_most_16<T>;
template <class T> inline constexpr bool lies_well_in_a_frame<T&> = true;
template <class T> inline constexpr bool lies_well_in_a_frame<T&&> = true;
template <class A>
concept awaited_within_its_alignment =
    lies_well_in_a_frame<A> && lies_well_in_a_frame<awaiter_of<A>>;

// An aggregate that is made in an expression that awaits: GCC 12 destroys it twice.
template <class X>
concept dies_twice = bool(TROUPE_GCC_12) && !std::is_lvalue_reference_v<X> && std::is_class_v<X> &&
                     std::is_aggregate_v<X> && !std::is_trivially_destructible_v<X>;
// The same of an awaitable. One with a base class is let through: it is made as `Awaitable()`,
// which does no harm.
template <class A>
concept awaitable_dies_twice = dies_twice<A> && !std::is_same_v<fields_of<A>, Opaque>;
// Of forwarded arguments: none is of such a class; some are and all of these have a name, so they
// are copied; some are made, or moved, beside the await.
template <class... X>
concept none_dies_twice = !(dies_twice<std::decay_t<X>> || ...);
template <class... X>
concept named_first = !none_dies_twice<X...> && !(dies_twice<X> || ...);
template <class... X>
concept made_beside = (dies_twice<X> || ...);

}  // namespace troupe::detail
