// core/method.hpp: what a method's type says: whose it is, what it takes, how it is invoked.
// (internal)
//
// A handler is a method of an actor; its first parameter may be `Cx<A>&` (a base class's too). A
// preparing handler is a static method whose first parameter is `Prep<A>&`. A parameter is stored
// as its own value type: `const T&` and `T&&` as T; a `T&` would dangle and stays what it is, so
// that `Storable` refuses it.
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/core/actor.hpp>
#include <troupe/core/cx.hpp>
#include <troupe/core/function_types.hpp>

namespace troupe {

namespace detail {
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
  template <class R, class A, class... P> \
  struct Method<R (A::*)(P...) qualifier> : MethodOf<A, R, nothrow, P...> {};
TROUPE_METHOD(, false)
TROUPE_METHOD(&, false)
TROUPE_METHOD(const, false)
TROUPE_METHOD(const&, false)
TROUPE_METHOD(noexcept, true)
TROUPE_METHOD(& noexcept, true)
TROUPE_METHOD(const noexcept, true)
TROUPE_METHOD(const& noexcept, true)
#undef TROUPE_METHOD
template <class R, class A, class... P>
struct Method<R (*)(Prep<A>&, P...)> : MethodOf<A, R, false, P...> {
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
// A handle to an actor of another runtime, for which room `thread` has verbs of the same names.
template <class T>
concept a_remote_handle = requires { typename std::remove_cvref_t<T>::troupe_remote_to; };
// The box that a target names; an empty handle is a broken contract.
template <class To> TROUPE_INLINE Box* target_box(To& to) noexcept {
  Box* b = detail::box_of(to);
#if TROUPE_DEBUG
  if (!b)
    panic("an empty Actor was called: it was moved from or never set", type_name<actor_of<To>>);
#endif
  return b;
}
template <class To> Core& core_of(To& to) noexcept { return target_box(to)->core(); }
template <class T, auto M>
concept has_that_method = std::is_base_of_v<typename Method<decltype(M)>::actor, actor_of<T>>;

// What becomes of a handler's result: nothing, as a rule. Room `task` starts the coroutine that a
// handler returns.
template <class R> struct HandlerResult {
  static void take(Box&, R&&) noexcept {}
};

// How a method runs on its actor `A`, which may derive from the method's class.
template <auto M, class A> struct MethodCall {
  using Handler = Method<decltype(M)>;
  using actor = A;
  static constexpr bool prep = Handler::prep, nothrow = Handler::nothrow;
  template <class... X> TROUPE_INLINE static decltype(auto) invoke(Box& box, X&&... x) {
    if constexpr (prep)
      return M(CxDoor::as<Prep<A>>(box), std::forward<X>(x)...);
    else if constexpr (Handler::with_cx)
      return (state(box)->*M)(context<X...>(box), std::forward<X>(x)...);
    else
      return (state(box)->*M)(std::forward<X>(x)...);
  }

 private:
  // As the method's class: GCC 12 warns of punning where a pointer to a method of a second base
  // adjusts it.
  TROUPE_INLINE static typename Handler::actor* state(Box& box) {
    return box.template state_of<A>();
  }
  template <class... X>  // of the class that the method names, which may be a base: a Cx adds
                         // nothing to its header
  TROUPE_INLINE static auto& context(Box& box) {
    if constexpr (std::is_invocable_v<decltype(M), A&, Cx<A>&, X...>) {
      return CxDoor::as<Cx<A>>(box);
    } else {
      expect_first_base<typename Handler::actor>(box.template state_of<A>());
      return CxDoor::as<Cx<typename Handler::actor>>(box);
    }
  }
};
}  // namespace detail

/// Chooses one of several methods of a name by its parameters, `Cx<A>&` aside:
/// `call<with<int>(&A::set)>(a, 1)`.
template <class... P> struct With {
  template <class R, class A> consteval auto operator()(R (A::*m)(P...)) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(P...) const) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(Cx<A>&, P...)) const { return m; }
  template <class R, class A> consteval auto operator()(R (A::*m)(Cx<A>&, P...) const) const {
    return m;
  }
};
template <class... P> inline constexpr With<P...> with{};

}  // namespace troupe
