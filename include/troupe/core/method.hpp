// core/method.hpp: what a method's type says: whose it is, what it takes, how it is invoked.
//
// A handler is a method of an actor; its first parameter may be `Cx<A>&` (a base class's too). A preparing handler is
// a static method whose first parameter is `Prep<A>&`. A parameter is stored as its own value type: `const T&` and
// `T&&` as T; a `T&` would dangle and stays what it is, so that `Storable` refuses it.
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/core/life.hpp>

namespace troupe {

namespace detail {
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

template <class A, class R, bool Nothrow, class... P> struct MethodOf {
  using actor = A;
  using result = R;
  using params = Stored<P...>;
  static constexpr bool prep = false, with_cx = false, nothrow = Nothrow;
};
template <class A, class R, bool Nothrow, class B, class... P>
struct MethodOf<A, R, Nothrow, Cx<B>&, P...> : MethodOf<A, R, Nothrow, P...> {
  static constexpr bool with_cx = true;
};
template <class F> struct Method;  // not a method: no members
#define TROUPE_METHOD(qualifier, nothrow) \
  template <class R, class A, class... P> struct Method<R (A::*)(P...) qualifier> : MethodOf<A, R, nothrow, P...> {};
TROUPE_METHOD(, false)
TROUPE_METHOD(&, false)
TROUPE_METHOD(const, false)
TROUPE_METHOD(const&, false)
TROUPE_METHOD(noexcept, true)
TROUPE_METHOD(& noexcept, true)
TROUPE_METHOD(const noexcept, true)
TROUPE_METHOD(const& noexcept, true)
#undef TROUPE_METHOD
template <class R, class A, class... P> struct Method<R (*)(Prep<A>&, P...)> : MethodOf<A, R, false, P...> {
  static constexpr bool prep = true;
};
template <class R, class A, class... P>
struct Method<R (*)(Prep<A>&, P...) noexcept> : Method<R (*)(Prep<A>&, P...)> {};

template <auto M>
concept handler = requires { typename Method<decltype(M)>::actor; };
template <class> inline constexpr bool all_storable = false;
template <class... P> inline constexpr bool all_storable<Types<P...>> = (Storable<P> && ...);
template <class Params>
concept every_parameter_owns_its_value = all_storable<Params>;

// What a target names; void for what is no target.
template <class T> struct target {
  using actor = void;
};
template <class A> struct target<Actor<A>> {
  using actor = A;
};
template <class A> struct target<ActorOwn<A>> {
  using actor = A;
};
template <class A> struct target<Cx<A>> {
  using actor = A;
};
template <class A> struct target<Prep<A>> {
  using actor = A;
};
template <class T> using actor_of = typename target<std::remove_cvref_t<T>>::actor;
template <class T>
concept a_target = !std::is_void_v<actor_of<T>>;
template <class T, auto M>
concept has_that_method = std::is_base_of_v<typename Method<decltype(M)>::actor, actor_of<T>>;

// What becomes of a handler's result: nothing, as a rule. Room `task` starts the coroutine that a handler returns.
template <class R> struct HandlerResult {
  static void take(CxBase&, R&&) noexcept {}
};

// A handle or a context of a base class takes the state's address for that of the base.
template <class Base, class D> TROUPE_INLINE void expect_first_base(D* state) noexcept {
  if (static_cast<void*>(static_cast<Base*>(state)) != static_cast<void*>(state)) [[unlikely]]
    panic("an Actor<Base> or a Cx<Base> needs Base to be the first base class", type_name<D>);
}

// How a method runs on its actor `A`, which may derive from the method's class.
template <auto M, class A> struct MethodCall {
  using M_ = Method<decltype(M)>;
  using actor = A;
  static constexpr bool prep = M_::prep, nothrow = M_::nothrow;
  template <class... X> TROUPE_INLINE static decltype(auto) invoke(CxBase* box, X&&... x) {
    if constexpr (prep)
      return M(*static_cast<Prep<A>*>(box), std::forward<X>(x)...);
    else if constexpr (M_::with_cx)
      return (state(box)->*M)(context<X...>(box), std::forward<X>(x)...);
    else
      return (state(box)->*M)(std::forward<X>(x)...);
  }

 private:
  // As the method's class: GCC 12 warns of punning where a pointer to a method of a second base adjusts it.
  TROUPE_INLINE static typename M_::actor* state(CxBase* box) { return Access::state_of<A>(box); }
  template <class... X>  // of the class that the method names, which may be a base: a Cx adds nothing to its header
  TROUPE_INLINE static auto& context(CxBase* box) {
    if constexpr (std::is_invocable_v<decltype(M), A&, Cx<A>&, X...>) {
      return *static_cast<Cx<A>*>(box);
    } else {
      expect_first_base<typename M_::actor>(Access::state_of<A>(box));
      return *static_cast<Cx<typename M_::actor>*>(box);
    }
  }
};
}  // namespace detail

/// Chooses one of several methods of a name by its parameters, `Cx<A>&` aside: `call<with<int>(&A::set)>(a, 1)`.
template <class... P> struct With {
  template <class R, class A> consteval auto operator()(R (A::*m)(P...)) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(P...) const) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(Cx<A>&, P...)) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(Cx<A>&, P...) const) const { return m; }
};
template <class... P> inline constexpr With<P...> with{};

}  // namespace troupe
