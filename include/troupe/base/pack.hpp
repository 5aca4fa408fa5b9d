// base/pack.hpp: values that travel together. (internal)
//
// A closure over an init-capture pack costs the compiler less than std::tuple, keeps its values in
// the order in which they were given, and is trivially relocatable whenever they are.
#pragma once
#include <cstddef>
#include <troupe/base/platform.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class... T> struct Types {
  static constexpr std::size_t size = sizeof...(T);
};

// pack(a, b)(f) calls f(a, b) with the packed values as lvalues.
template <class... T> TROUPE_INLINE auto pack(T&&... value) {
  return [... value = std::forward<T>(value)](auto&& f) mutable -> decltype(auto) {
    return f(value...);
  };
}

template <class... T> using Pack = decltype(detail::pack(std::declval<T>()...));

// An argument as its parameter's own type. User code (a conversion, a copy) runs here, before
// anything is reserved; what needs none is passed on by reference, so that it is moved only once. A
// const rvalue is copied, not moved.
template <class P, class X> TROUPE_INLINE decltype(auto) as_stored(X&& x) {
  constexpr bool moves = std::is_same_v<P, X>;
  if constexpr (moves || (std::is_same_v<P, std::remove_cvref_t<X>> &&
                          std::is_trivially_constructible_v<P, X>))
    return std::forward<X>(x);
  else
    return P(std::forward<X>(x));
}

template <std::size_t N, class T, class... Rest> constexpr auto drop_types(Types<T, Rest...> all) {
  if constexpr (N == 0)
    return all;
  else if constexpr (N == 1)
    return Types<Rest...>{};
  else
    return drop_types<N - 1>(Types<Rest...>{});
}
template <std::size_t N> constexpr auto drop_types(Types<>) { return Types<>{}; }

}  // namespace troupe::detail
