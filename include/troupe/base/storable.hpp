// base/storable.hpp: what a queue may hold: values that own what they need.
//
// A queued call, a task and a message run later, when the frame that made them has returned. C++
// cannot see through a constructor, so the rule goes by what the type shows: what is known to
// borrow is refused, containers and plain structs are looked into, and a class with constructors is
// trusted. Standard classes are recognised by their members, not by their names: their headers stay
// out of every program that does not use them, and a look-alike from another library is judged in
// the same way.
#pragma once
#include <troupe/base/aggregate.hpp>
#include <troupe/base/type_shapes.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {
// What the library makes of T when the user has not said anything: converts to bool. Its type tells
// a guess from the user's word without asking for the value, so a class may contain itself.
template <class T> struct StorableGuess {
  constexpr operator bool() const noexcept;
};
}  // namespace detail

/// Whether a queue may hold a `T`. For your own types the last word is yours; say it right after
/// the class: `template <> inline constexpr bool troupe::storable<MyType> = true;` (or `= false`
/// for a class that hides a borrow). What is false unless you say otherwise: references, pointers
/// to objects, string views, spans, other views, iterators, `std::reference_wrapper`,
/// `std::atomic_ref`, class templates over a reference (`std::future<T&>`),
/// `std::initializer_list`, `std::coroutine_handle`, locks, polymorphic allocators and containers
/// with one, `std::function` and every other class template over a function type (nothing tells
/// what they captured), closures with captures, and whatever contains one of these visibly: as
/// element, pointee, field, comparison or hash, or bound by std::bind_front. Compile time only; in
/// a constraint write `Storable<T>` or `bool(storable<T>)`.
/// @tparam T any type; cv-qualifiers are ignored
template <class T> inline constexpr detail::StorableGuess<T> storable{};

namespace detail {

// True if the user (or the library, for a type of its own) has specialised `storable<T>`.
template <class T>
inline constexpr bool user_specialised =
    !std::is_same_v<decltype(storable<T>), const StorableGuess<T>>;

// `Seen` are the classes being looked into: one that contains itself (a tree with a vector of
// trees) adds nothing new. Trusting among them: an aggregate that cannot be taken apart is trusted,
// as a class with constructors is.
template <class T, class... Seen> consteval bool owns();
struct Trusting {};
template <class... Seen> inline constexpr bool trusts = (std::is_same_v<Seen, Trusting> || ...);
// The other marker: what belongs to one runtime is refused as well (thread/sendable.hpp).
struct Crossing {};
template <class... Seen> inline constexpr bool crosses = (std::is_same_v<Seen, Crossing> || ...);
template <class T>
concept of_one_runtime = requires { typename T::troupe_of_one_runtime; };
// What a Borrowed names, for that: its class may be incomplete until it is asked.
template <class T> struct named_by_loan {
  using type = T;
};

template <class T, class... Seen> consteval bool pointee_owns() {
  if constexpr (std::is_void_v<T>)
    return true;
  else if constexpr (!complete<T>)
    return true;
  else
    return owns<T, Seen...>();
}

template <class... Seen, class... F> consteval bool all_own(FieldTypes<F...>) {
  return (owns<F, Seen...>() && ...);
}
template <class...> consteval bool all_own(Opaque) { return false; }

template <class T, class... Seen> consteval bool elements_own() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return (owns<std::tuple_element_t<I, T>, Seen...>() && ...);
  }(std::make_index_sequence<std::tuple_size_v<T>>{});
}

template <class T> struct Arguments {
  using type = Opaque;
};
template <template <class...> class C, class... A> struct Arguments<C<A...>> {
  using type = FieldTypes<A...>;
};

// What std::bind_front, std::not_fn and their like return: a callable of a template over a callable
// and what is bound.
template <class F>
concept callable = std::is_member_pointer_v<F> ||
                   (std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>) ||
                   (std::is_class_v<F> && complete<F> && callable_class<F>);
template <class T> inline constexpr bool binds_to_a_callable = false;
template <template <class...> class C, class F, class... B>
inline constexpr bool binds_to_a_callable<C<F, B...>> = callable<F> && callable_class<C<F, B...>>;
template <class T, class... Seen> consteval bool bound_own() {
  if constexpr (binds_to_a_callable<T>)
    return all_own<Seen...>(typename Arguments<T>::type{});
  else
    return true;
}

// A view owns its elements if it holds a whole container (its base() can be moved out), one value,
// or makes its values on the fly out of values (iota).
template <class T, class... Seen> consteval bool view_owns() {
  if constexpr (requires(T&& t) { static_cast<T&&>(t).base(); }) {
    using Base = decltype(std::declval<T&&>().base());
    if constexpr (std::is_rvalue_reference_v<Base>)
      return owns<std::remove_reference_t<Base>, Seen...>();
    else
      return false;
  } else if constexpr (requires { typename T::element_type; }) {
    return false;
  } else if constexpr (requires(T& t) {
                         t.data();
                         typename std::bool_constant<T::size() == 1>;
                       }) {
    return all_own<Seen...>(typename Arguments<T>::type{});
  } else if constexpr (requires(T& t) { *t.begin(); }) {
    if constexpr (std::is_reference_v<decltype(*std::declval<T&>().begin())>)
      return false;
    else
      return all_own<Seen...>(typename Arguments<T>::type{});
  } else {
    return false;
  }
}

// What a class contains, as far as its members tell.
template <class T, class... Seen> consteval bool contents_own() {
  bool yes = true;
  if constexpr (requires { typename T::value_type; })
    yes = yes && pointee_owns<typename T::value_type, Seen...>();
  if constexpr (requires { typename T::error_type; })
    yes = yes && pointee_owns<typename T::error_type, Seen...>();
  if constexpr (requires { typename T::element_type; })
    yes = yes && pointee_owns<typename T::element_type, Seen...>();
  if constexpr (requires { typename T::first_type; })
    yes = yes && owns<typename T::first_type, Seen...>();
  if constexpr (requires { typename T::deleter_type; })
    yes = yes && owns<typename T::deleter_type, Seen...>();
  if constexpr (requires { typename T::container_type; })
    yes = yes && owns<typename T::container_type, Seen...>();
  if constexpr (requires { typename T::key_compare; })
    yes = yes && owns<typename T::key_compare, Seen...>();
  if constexpr (requires { typename T::value_compare; })
    yes = yes && owns<typename T::value_compare, Seen...>();
  if constexpr (requires { typename T::hasher; }) yes = yes && owns<typename T::hasher, Seen...>();
  if constexpr (requires { typename T::key_equal; })
    yes = yes && owns<typename T::key_equal, Seen...>();
  return yes;
}

template <class T, class... Seen> consteval bool class_owns() {
  if constexpr (borrows_by_design<T>)
    return false;
  else if constexpr (std::is_empty_v<T>)
    return true;
  else if constexpr (over_a_reference<T>)
    return false;
  else if constexpr (requires { typename T::troupe_carries; })
    return all_own<Seen..., Trusting, T>(typename T::troupe_carries{});
  else if constexpr (array_like<T>)
    return owns<typename T::value_type, Seen..., T>();
  else if constexpr (tuple_like<T>)
    return elements_own<T, Seen..., T>();
  else if constexpr (std::is_aggregate_v<T>)
    return (trusts<Seen...> && std::is_same_v<fields_of<T>, Opaque>) ||
           all_own<Seen..., T>(fields_of<T>{});
  else if constexpr (std::ranges::enable_view<T>)
    return view_owns<T, Seen..., T>();
  else if constexpr (variant_like<T> || promised<T>)
    return all_own<Seen..., T>(typename Arguments<T>::type{});
  else
    return !closure_like<T> && bound_own<T, Seen..., T>() && contents_own<T, Seen..., T>();
}

template <class T> inline constexpr bool is_initializer_list = false;
template <class T> inline constexpr bool is_initializer_list<std::initializer_list<T>> = true;

template <class Q, class... Seen> consteval bool owns() {
  using T = std::remove_cv_t<Q>;
  if constexpr (std::is_reference_v<T> || std::is_function_v<T>)
    return false;
  else if constexpr (crosses<Seen...> &&
                     (of_one_runtime<T> || of_one_runtime<typename named_by_loan<T>::type>))
    return false;
  else if constexpr (user_specialised<T>)
    return storable<T>;
  else if constexpr (std::is_pointer_v<T>)
    return std::is_function_v<std::remove_pointer_t<T>>;
  else if constexpr (std::is_array_v<T>)
    return owns<std::remove_all_extents_t<T>, Seen...>();
  else if constexpr (std::is_union_v<T>)
    return trusts<Seen...> || !std::is_aggregate_v<T>;
  else if constexpr (!std::is_class_v<T>)
    return true;
  else if constexpr ((std::is_same_v<T, Seen> || ...))
    return true;
  else if constexpr (is_initializer_list<T>)
    return false;
  else
    return class_owns<T, Seen...>();
}

template <class T> constexpr StorableGuess<T>::operator bool() const noexcept { return owns<T>(); }

template <class T>
concept owns_what_it_needs = bool(storable<T>);
template <class T>
concept shows_no_borrow = owns<T, Trusting>();

template <class T>
concept nothrow_movable = std::is_nothrow_move_constructible_v<T>;

template <class T>
concept nothrow_destructible = std::is_nothrow_destructible_v<T>;

template <class T>
concept aligned_to_at_most_16 = alignof(T) <= 16;

template <class F>
concept function_pointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;

}  // namespace detail

/// What may outlive the turn in which it was made: an answer, a result, an item of a stream or of a
/// queue. It shows no borrow, needs no more than 16 bytes of alignment, and dies without throwing;
/// its move may throw. As `storable<T>`, but a plain struct that cannot be looked into (an array, a
/// base, a union, more than 16 fields) is trusted. So is nothing (`void`). Compile time only.
template <class... T>
concept Keepable =
    ((std::is_void_v<T> || (detail::shows_no_borrow<T> && detail::aligned_to_at_most_16<T> &&
                            detail::nothrow_destructible<T>)) &&
     ...);

/// A value that a queue may hold: it owns what it needs (`storable<T>`), moves without throwing,
/// and needs no more than 16 bytes of alignment. Compile time only.
template <class T>
concept Storable =
    detail::owns_what_it_needs<T> && detail::nothrow_movable<T> && detail::aligned_to_at_most_16<T>;

/// All of them are `Storable`; named for the error that a caller reads.
template <class... T>
concept no_argument_borrows = (Storable<T> && ...);

/// A function that a queue may hold: a pointer to a function, a lambda without captures, or an
/// object of a class whose fields are `Storable` (a struct with `operator()`). A lambda with
/// captures is none, whatever it captured: nothing can tell `[x]` from `[&x]`. Pass what it needs
/// as arguments, `(fn, bound...)`; or say `unsafe_capture(lambda)`. A callable class with
/// constructors is refused too, unless `storable<F> = true` is said. Compile time only.
template <class F>
concept Captureless =
    detail::function_pointer<F> ||
    (std::is_class_v<F> &&
     (std::is_empty_v<F> || std::is_aggregate_v<F> || detail::user_specialised<F>) && Storable<F>);

/// Named for the error that a caller reads.
template <class F>
concept function_captures_nothing = Captureless<F>;

}  // namespace troupe
