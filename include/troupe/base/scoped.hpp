// base/scoped.hpp: what a child of a scope borrows: an object that outlives the scope.
//
// Nothing that a queue holds may borrow, since it runs when whoever made it has returned. A child
// of a scope is the exception that C++ can keep: the scope is a block, and no child leaves it. So a
// loan is a word of its own, which only a scope takes; it becomes a reference there, and a copy
// nowhere.
#pragma once
#include <troupe/base/storable.hpp>

#include <type_traits>

namespace troupe {

namespace detail {
struct a_temporary_is_gone_before_the_child_runs_name_it_before_the_scope {};
struct NoCopy {};
template <class T> struct copy_of {
  using type = NoCopy;
};
template <class T>
  requires(std::is_object_v<T> && !std::is_array_v<T> && complete<T> && !std::is_abstract_v<T>)
struct copy_of<T> {
  using type = std::remove_cv_t<T>;
};
template <class T> using CopyOf = typename copy_of<T>::type;
}  // namespace detail

/// What `scoped` returns: a `T&` for the call that it is written in. Neither copied nor moved.
template <class T> class [[nodiscard("it lends to the call that it is written in")]] Scoped {
 public:
  using troupe_not_storable = void;
  constexpr explicit Scoped(T& object) noexcept : object_(__builtin_addressof(object)) {}
  Scoped(const Scoped&) = delete;  // lent once: write scoped(x) in the call that lends x
  constexpr T& get() const noexcept { return *object_; }
  /// A reference to the object or to a base of it.
  template <class U>
    requires std::is_convertible_v<T*, U*>
  constexpr operator U&() const noexcept {
    return *object_;
  }
  operator detail::CopyOf<T>() const = delete;  // it lends to a child of a Scope: pass x itself

 private:
  T* object_;
};

/// `scope.spawn(fn, scoped(x), args...)`: lends `x` to a child of that scope, where `fn` takes it
/// as a reference and returns a `Step`. **`x` must live until the scope has gone: declare it before
/// the scope**, or in a block around it. The child ends before then, as `Scope::spawn` says.
/// Refused everywhere else. Where a `Step` is called in the expression that awaits it (`all`,
/// `race`, `timeout`), it takes `x` itself, or `scoped(x)`, which are the same there. Costs a
/// pointer.
/// @param x an object of the caller, not a temporary
template <class T> constexpr Scoped<T> scoped(T& x) noexcept { return Scoped<T>(x); }
template <class T, class Mistake =
                       detail::a_temporary_is_gone_before_the_child_runs_name_it_before_the_scope>
Scoped<T> scoped(const T&&) = delete;  // see Mistake

namespace detail {
template <class X> inline constexpr bool is_scoped = false;
template <class T> inline constexpr bool is_scoped<Scoped<T>> = true;
template <class... X>
concept lends = (is_scoped<std::remove_cvref_t<X>> || ...);
}  // namespace detail

}  // namespace troupe
