// core/type_list.hpp: parts of a list of types. (internal)
#pragma once
#include <cstddef>
#include <troupe/base/pack.hpp>

namespace troupe::detail {

// What is behind the first N.
template <std::size_t N, class Params> using rest_of = decltype(drop_types<N>(Params{}));
// The one behind the first N.
template <std::size_t N, class Params> struct nth_type;
template <class P, class... Rest> struct nth_type<0, Types<P, Rest...>> {
  using type = P;
};
template <std::size_t N, class P, class... Rest>
struct nth_type<N, Types<P, Rest...>> : nth_type<N - 1, Types<Rest...>> {};
// The first N.
template <std::size_t N, class Params> struct take_types;
template <class... P> struct take_types<0, Types<P...>> {
  using type = Types<>;
};
template <std::size_t N, class P, class... Rest>
  requires(N > 0)
struct take_types<N, Types<P, Rest...>> {
  template <class... Q> static Types<P, Q...> add(Types<Q...>);
  using type = decltype(add(typename take_types<N - 1, Types<Rest...>>::type{}));
};

}  // namespace troupe::detail
