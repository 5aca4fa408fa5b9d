// base/aggregate.hpp: the types of an aggregate's fields, found without reflection. (internal)
//
// A queue may hold a plain struct only if none of its fields borrows, so the fields must be known.
// The language has no reflection; it has two tools that together do: a value that converts to
// anything counts how many initialisers an aggregate takes, and a structured binding of that many
// names yields the types. The second tool ends the compilation when the count is wrong, so whatever
// could make it wrong is looked for first: base classes, arrays (their elements count one by one),
// unions (an anonymous one cannot be bound) and reference members.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class...> struct FieldTypes {};

/// What `fields_of` yields for a class that cannot be taken apart.
struct Opaque {};

/// The most fields that an aggregate may have.
inline constexpr std::size_t max_fields = 16;

// Converts to everything. The conversion is const, its object is not: so a constructor template of
// a field that takes anything is the better match instead of an ambiguous one. Nothing runs it; it
// has a body because Clang warns about an undefined conversion to a local class.
struct AnyField {
  template <class U> operator U() const noexcept { __builtin_unreachable(); }
};

template <class T> struct AnyBase {
  template <class U>
    requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>)
  operator U() const noexcept {
    __builtin_unreachable();
  }
};

struct AnyUnion {
  template <class U>
    requires(std::is_union_v<U>)
  operator U() const noexcept {
    __builtin_unreachable();
  }
};

// Converts to nothing: a field that takes it takes any type, so its own type stays unknown.
struct Nothing {};

struct AnyReference {
  template <class U> operator U&() const noexcept { __builtin_unreachable(); }
};

template <std::size_t> using AnyFieldAt = AnyField;

// Can T be initialised by `before` fields, then a Value, then `after` fields?
template <class T, class Value, class Before, class After> inline constexpr bool takes_here = false;
template <class T, class Value, std::size_t... B, std::size_t... A>
inline constexpr bool takes_here<T, Value, std::index_sequence<B...>, std::index_sequence<A...>> =
    requires { T{AnyFieldAt<B>{}..., Value{}, AnyFieldAt<A>{}...}; };

// The same with an empty list in place of the value: it fills one whole element, where a value may
// fill a part of it.
template <class T, class Before, class After> inline constexpr bool takes_empty_list = false;
template <class T, std::size_t... B, std::size_t... A>
inline constexpr bool takes_empty_list<T, std::index_sequence<B...>, std::index_sequence<A...>> =
    requires { T{AnyFieldAt<B>{}..., {}, AnyFieldAt<A>{}...}; };

template <class T, class Count> inline constexpr bool takes = false;
template <class T, std::size_t... I>
inline constexpr bool takes<T, std::index_sequence<I...>> = requires { T{AnyFieldAt<I>{}...}; };

template <std::size_t N> using upto = std::make_index_sequence<N>;

// The greatest number of values that T takes. Fewer may be refused (a field without default), more
// always are.
template <class T, std::size_t N = 0, bool Found = false> consteval std::size_t count_values() {
  if constexpr (N > max_fields + 1)
    return Found ? N - 1 : 0;
  else if constexpr (takes<T, upto<N>>)
    return count_values<T, N + 1, true>();
  else if constexpr (Found)
    return N - 1;
  else
    return count_values<T, N + 1, false>();
}

// Does the element that value I begins swallow several values, as an array or a nested aggregate
// does? Then an empty list in its place leaves room for fewer values than before.
template <class T, std::size_t N, std::size_t I, std::size_t After = N - I - 1>
consteval bool swallows() {
  if constexpr (takes_empty_list<T, upto<I>, upto<After>>)
    return After != N - I - 1;
  else if constexpr (After > 0)
    return swallows<T, N, I, After - 1>();
  else
    return false;
}

// Does field I of N convert from Value, for what Value is?
template <class T, class Value, std::size_t N, std::size_t I>
concept is_a = takes_here<T, Value, upto<I>, upto<N - I - 1>> &&
               !takes_here<T, Nothing, upto<I>, upto<N - I - 1>>;

template <class T, std::size_t N> consteval bool one_value_one_field() {
  constexpr bool more =
      takes_here<T, AnyReference, upto<N>, upto<0>> || takes_empty_list<T, upto<N>, upto<0>>;
  if constexpr (more || is_a<T, AnyBase<T>, N, 0>) {
    return false;
  } else {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return !((is_a<T, AnyUnion, N, I> || swallows<T, N, I>()) || ...);
    }(upto<N>{});
  }
}

template <std::size_t N, class T> auto bind_fields(T& t) {
  if constexpr (N == 1) {
    auto& [a] = t;
    return FieldTypes<decltype(a)>{};
  } else if constexpr (N == 2) {
    auto& [a, b] = t;
    return FieldTypes<decltype(a), decltype(b)>{};
  } else if constexpr (N == 3) {
    auto& [a, b, c] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c)>{};
  } else if constexpr (N == 4) {
    auto& [a, b, c, d] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d)>{};
  } else if constexpr (N == 5) {
    auto& [a, b, c, d, e] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e)>{};
  } else if constexpr (N == 6) {
    auto& [a, b, c, d, e, f] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                      decltype(f)>{};
  } else if constexpr (N == 7) {
    auto& [a, b, c, d, e, f, g] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g)>{};
  } else if constexpr (N == 8) {
    auto& [a, b, c, d, e, f, g, h] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h)>{};
  } else if constexpr (N == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i)>{};
  } else if constexpr (N == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j)>{};
  } else if constexpr (N == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k)>{};
  } else if constexpr (N == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k),
                      decltype(l)>{};
  } else if constexpr (N == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k), decltype(l),
                      decltype(m)>{};
  } else if constexpr (N == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k), decltype(l),
                      decltype(m), decltype(n)>{};
  } else if constexpr (N == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k), decltype(l),
                      decltype(m), decltype(n), decltype(o)>{};
  } else if constexpr (N == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = t;
    return FieldTypes<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e), decltype(f),
                      decltype(g), decltype(h), decltype(i), decltype(j), decltype(k), decltype(l),
                      decltype(m), decltype(n), decltype(o), decltype(p)>{};
  }
}

template <class T> consteval auto find_fields() {
  constexpr std::size_t n = count_values<T>();
  if constexpr (n == 0 || n > max_fields) {
    return Opaque{};
  } else if constexpr (!one_value_one_field<T, n>()) {
    return Opaque{};
  } else {
    return decltype(bind_fields<n>(std::declval<T&>())){};
  }
}

/// The types of the fields of the aggregate class `T` as `FieldTypes<...>`, a reference as itself,
/// or `Opaque` when `T` has more than `max_fields` fields, a base class, an array of several
/// elements, a union, or a field (a reference, say) that nothing converts to. `T` must be complete,
/// an aggregate and not empty. Compile time only.
template <class T> using fields_of = decltype(find_fields<T>());

}  // namespace troupe::detail
