// base/type_shapes.hpp: kinds of classes, recognised by their members: views, locks, callables.
// (internal)
#pragma once
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace troupe::detail {

template <class T>
concept complete = requires { sizeof(T); };

template <class T>
concept marked_not_storable = requires { typename T::troupe_not_storable; };

template <class T>
concept iterator_like = requires { typename T::iterator_category; } ||
                        requires { typename T::iterator_concept; } || requires(T& t) {
                          typename T::difference_type;
                          *t;
                          ++t;
                        };

// std::function, move_only_function, packaged_task and their like in other libraries.
template <class T> inline constexpr bool hides_a_callable = false;
template <template <class...> class C, class Signature, class... Rest>
inline constexpr bool hides_a_callable<C<Signature, Rest...>> = std::is_function_v<Signature>;
template <template <class, auto...> class C, class Signature, auto Size, auto... Sizes>
inline constexpr bool hides_a_callable<C<Signature, Size, Sizes...>> =
    std::is_function_v<Signature>;

template <class T>
concept reference_wrapper_like = requires(T& t) {
  typename T::type;
  { t.get() } -> std::same_as<typename T::type&>;
  static_cast<typename T::type&>(t);
};

template <class T>
concept coroutine_handle_like = requires(T& t) {
  t.address();
  T::from_address(nullptr);
};

template <class T>
concept multidimensional_view = requires { typename T::data_handle_type; };

template <class T>
concept lock_like = requires { typename T::mutex_type; };

template <class T>
concept polymorphic_allocation = requires(const typename T::allocator_type& a) { a.resource(); };

template <class T>
concept polymorphic_allocator_like = requires(const T& a) {
  a.resource();
  a.select_on_container_copy_construction();
};

template <class T>
concept bit_reference_like =
    !std::is_empty_v<T> && requires(T& t) {  // vector<bool>::reference, bitset::reference
      t.flip();
      static_cast<bool>(t);
      t = true;
    };

// What can be assigned though it is const stands for a value that lies elsewhere: atomic_ref, parts
// of a valarray.
template <class T>
concept assigned_through = requires(const T& t, const typename T::value_type& value) { t = value; };

// future<T&>, promise<T&> and their kin.
template <class T> inline constexpr bool over_a_reference = false;
template <template <class...> class C, class T, class... Rest>
inline constexpr bool over_a_reference<C<T&, Rest...>> = true;

template <class T>
concept borrows_by_design =
    marked_not_storable<T> || hides_a_callable<T> || iterator_like<T> ||
    reference_wrapper_like<T> || coroutine_handle_like<T> || multidimensional_view<T> ||
    lock_like<T> || polymorphic_allocation<T> || polymorphic_allocator_like<T> ||
    bit_reference_like<T> || assigned_through<T>;

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

// std::array and its like: one look at the type of the elements is enough, however many there are.
template <class T>
concept array_like = tuple_like<T> && (std::tuple_size<T>::value > 0) && requires {
  requires std::is_same_v<typename T::value_type, std::tuple_element_t<0, T>>;
  requires sizeof(T) == std::tuple_size_v<T> * sizeof(typename T::value_type);
};

// A future, a promise: its value is the template's argument.
template <class T>
concept promised = requires(T& t) { t.get_future(); } || requires(T& t) {
  t.valid();
  t.wait();
};

template <class T>
concept variant_like = requires(const T& t) {
  t.index();
  t.valueless_by_exception();
};

// A type that has both its own operator() and the one of Fallback is ambiguous, whatever the former
// looks like.
struct Fallback {
  void operator()();
};
template <class T> struct WithFallback : T, Fallback {};
template <class T>
concept callable_class = !std::is_final_v<T> && !requires { &WithFallback<T>::operator(); };

// Nothing tells a closure from another class, but a closure with captures can be neither made from
// nothing nor assigned.
template <class T>
concept closure_like =
    !std::is_default_constructible_v<T> && !std::is_move_assignable_v<T> && callable_class<T>;

}  // namespace troupe::detail
