// base/escape.hpp: the ways out of the rules of storable.hpp, with names that `grep unsafe_` finds.
//
// The rules refuse what may dangle. Some of it is fine for reasons that no type can show: the
// object is static, or lives longer than the runtime. Whoever knows that says so here, once, in a
// word that a reviewer can search for.
#pragma once
#include <troupe/base/storable.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace troupe {

/// The text of a string literal: a `string_view` that a queue may hold, because only constants make
/// one, and they live as long as the program. `call<&Log::note>(log, Literal("ready"))` with `void
/// note(Literal text)`. 16 bytes, no allocation.
class Literal {
 public:
  constexpr Literal() noexcept = default;
  /// @param text a string literal or another constant array of static lifetime; its last character
  /// is dropped
  template <std::size_t N> consteval Literal(const char (&text)[N]) noexcept : text_{text, N - 1} {}

  constexpr std::string_view view() const noexcept { return text_; }
  constexpr operator std::string_view() const noexcept { return text_; }
  /// Ends with a zero.
  constexpr const char* c_str() const noexcept { return text_.data(); }
  constexpr std::size_t size() const noexcept { return text_.size(); }
  friend constexpr bool operator==(Literal a, Literal b) noexcept { return a.text_ == b.text_; }

 private:
  std::string_view text_{""};
};

namespace detail {
template <class T>
concept borrow_by_value =
    std::is_trivially_copyable_v<T> && std::is_copy_constructible_v<T> && !storable<T>;
template <class T>
concept lasts = std::is_lvalue_reference_v<T> || borrow_by_value<std::remove_const_t<T>>;
struct a_temporary_is_gone_before_the_call_runs_give_it_a_name_that_lives {};
}  // namespace detail

/// What `unsafe_borrow` returns: stands for a `T` that lives elsewhere, and converts to `T&` and
/// `T*`, so that a handler may take any of them. Copies refer to the same object.
template <class T> class Borrowed {
 public:
  constexpr explicit Borrowed(T& object) noexcept : object_{__builtin_addressof(object)} {}
  constexpr T& get() const noexcept { return *object_; }
  constexpr T& operator*() const noexcept { return *object_; }
  constexpr T* operator->() const noexcept { return object_; }
  constexpr operator T&() const noexcept { return *object_; }
  constexpr operator T*() const noexcept { return object_; }

 private:
  T* object_;
};

/// What `unsafe_borrow` returns for a value that borrows itself (a pointer, a `string_view`, a
/// span): the value.
template <detail::borrow_by_value V> class Borrowed<V> {
 public:
  constexpr explicit Borrowed(V value) noexcept : value_{value} {}
  constexpr V get() const noexcept { return value_; }
  constexpr V operator*() const noexcept { return value_; }
  constexpr operator V() const noexcept { return value_; }

 private:
  V value_;
};

template <class T> inline constexpr bool storable<Borrowed<T>> = true;
namespace detail {
template <class T> struct named_by_loan<Borrowed<T>> {
  using type = std::remove_cv_t<std::remove_pointer_t<T>>;
};
}  // namespace detail

/// Lets a queue hold a borrow: **`x` must live until the call has run or been discarded, and
/// nothing checks that**. A queue is discarded at the latest when its runtime ends, so what
/// outlives the runtime is safe. A value that borrows itself (pointer, view, iterator) is kept by
/// value, and what it refers to must live that long; anything else is kept by address. Costs
/// nothing.
/// @param x an object of the caller (not a temporary), or a pointer or a view
template <class T>
  requires detail::lasts<T>
constexpr auto unsafe_borrow(T&& x) noexcept {
  using V = std::remove_cvref_t<T>;
  if constexpr (detail::borrow_by_value<V>)
    return Borrowed<V>{x};
  else
    return Borrowed<std::remove_reference_t<T>>{x};
}
template <class T, class Mistake =
                       detail::a_temporary_is_gone_before_the_call_runs_give_it_a_name_that_lives>
  requires(!detail::lasts<T>)
Borrowed<std::remove_reference_t<T>> unsafe_borrow(T&&) = delete;  // see Mistake

/// What `unsafe_capture` returns: the lambda itself, accepted as `Captureless`.
template <class F> class UnsafeCapture : public F {
 public:
  constexpr explicit UnsafeCapture(F lambda) noexcept(std::is_nothrow_move_constructible_v<F>)
      : F(std::move(lambda)) {}
  using F::operator();
};

template <class F> inline constexpr bool storable<UnsafeCapture<F>> = true;

/// Lets a queue hold a lambda with captures: **what it captured by reference, by pointer or as
/// `this` must live until the call has run or been discarded, and nothing checks that**. Captures
/// by value are safe, but nothing checks that they are by value; bound arguments, `(fn, bound...)`,
/// are checked and cost the same.
/// @param lambda moved into the call; its captures must move without throwing
template <class F>
  requires(std::is_class_v<F> && !std::is_final_v<F>)
constexpr UnsafeCapture<F> unsafe_capture(F lambda) noexcept(
    std::is_nothrow_move_constructible_v<F>) {
  return UnsafeCapture<F>{std::move(lambda)};
}

}  // namespace troupe
