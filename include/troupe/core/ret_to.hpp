// core/ret_to.hpp: Rets whose answer is a call to an actor: `ret_to`, `ret_some_to`.
//
// The answer is a record of the queue like any call.
#pragma once
#include <troupe/core/receiver.hpp>

namespace troupe {

/// A Ret whose answer calls `M(cx, bound..., Reply<T...>)` on the target, with the value or the
/// failure: `call<&Light::query>(light, ret_to<&Flasher::recv>(cx, 7))`. The types of the Ret are
/// read off the method's last parameter.
/// @param to an actor, or the handler's own `Cx` or `Prep`. With a Prep the answer goes to a
/// preparing handler (static); it is discarded if the actor has become ready before
/// @param bound converted here to the method's first parameters; up to 16 bytes of relocatable
/// values need no memory
/// @throws std::bad_alloc when no room in the queue can be reserved for a failure, or `bound` finds
/// no memory
///
/// Errors: an answer to an actor that has ended is dropped; to one in Prep it is held.
/// Where the queue cannot take the answer, the method gets a failure in its place, for which room
/// was reserved: `no_memory`, or `overloaded` at the bound of `Runtime::set_max_queued`. Cost:
/// about 70 instructions and no allocation in steady state, the answer included.
template <auto M, class To, class... B>
  requires detail::good_ret_to<To, M, B...>
TROUPE_INLINE auto ret_to(To&& to, B&&... bound) {  // overload: ret_to<with<Reply<int>>(&A::m)>
  using Params = detail::StoredFor<M, B...>;
  return detail::make_ret<detail::CallOf<To, M>, false>(
      typename detail::take_types<sizeof...(B), Params>::type{},
      typename detail::reply_types<detail::rest_of<sizeof...(B), Params>>::type{},
      detail::target_box(to), detail::signature_with<detail::CallOf<To, M>>(),
      std::forward<B>(bound)...);
}

/// A Ret whose answer calls `M(cx, bound..., T...)` on the target. If no answer comes, nothing is
/// called. So no room is reserved for a failure, and an answer that the queue cannot take (no
/// memory, or at its bound) is dropped.
/// @param to an actor, or the handler's own `Cx` or `Prep`; an answer to an actor that has ended is
/// dropped, to one in Prep held
/// @param bound converted here to the method's first parameters; up to 16 bytes of relocatable
/// values need no memory
/// @throws std::bad_alloc where `bound` needs a cell of the pool, and there is no memory for it
template <auto M, class To, class... B>
  requires detail::good_receiver<To, M, B...>
TROUPE_INLINE auto ret_some_to(To&& to, B&&... bound) {  // ret_some_to<with<int>(&A::m)>
  using Params = detail::StoredFor<M, B...>;
  return detail::make_ret<detail::CallOf<To, M>, true>(
      typename detail::take_types<sizeof...(B), Params>::type{},
      detail::rest_of<sizeof...(B), Params>{}, detail::target_box(to),
      detail::signature_with<detail::CallOf<To, M>>(), std::forward<B>(bound)...);
}

template <auto M, class To, class... B, class Mistake = detail::RetToMistake<To, M, B...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, B...>>
  requires(!detail::good_ret_to<To, M, B...>)
detail::Refused ret_to(To&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class... B, class Mistake = detail::ReceiverMistake<To, M, B...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, B...>>
  requires(!detail::good_receiver<To, M, B...>)
detail::Refused ret_some_to(To&&, B&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
detail::Refused ret_to(X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
detail::Refused ret_some_to(X&&...) = delete;  // see Mistake

}  // namespace troupe
