// core/function_types.hpp: what the type of a function says that it takes. (internal)
#pragma once
#include <troupe/base/pack.hpp>
#include <type_traits>

namespace troupe::detail {

// A parameter as it is stored.
template <class P> struct stored_type {
  using type = std::remove_cv_t<P>;
};
template <class P> struct stored_type<const P&> {
  using type = P;
};
template <class P> struct stored_type<P&&> {
  using type = std::remove_cv_t<P>;
};
template <class... P> using Stored = Types<typename stored_type<P>::type...>;

// The parameters of a function or of an object with one call operator: as they are stored, and as
// they are written. Of a generic or overloaded one they are not known.
template <class F> struct FunctionTypes {
  using type = void;
  using written = Types<>;
};
template <class R, class... P> struct FunctionTypes<R (*)(P...)> {
  using type = Stored<P...>;
  using written = Types<P...>;
};
template <class R, class... P>
struct FunctionTypes<R (*)(P...) noexcept> : FunctionTypes<R (*)(P...)> {};
template <class F>
  requires requires { &F::operator(); }
struct FunctionTypes<F> : FunctionTypes<decltype(&F::operator())> {};
template <class R, class F, class... P>
struct FunctionTypes<R (F::*)(P...)> : FunctionTypes<R (*)(P...)> {};
template <class R, class F, class... P>
struct FunctionTypes<R (F::*)(P...) const> : FunctionTypes<R (*)(P...)> {};
template <class R, class F, class... P>
struct FunctionTypes<R (F::*)(P...) noexcept> : FunctionTypes<R (*)(P...)> {};
template <class R, class F, class... P>
struct FunctionTypes<R (F::*)(P...) const noexcept> : FunctionTypes<R (*)(P...)> {};

}  // namespace troupe::detail
