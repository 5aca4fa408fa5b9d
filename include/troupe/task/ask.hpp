// task/ask.hpp: actor calls from async code.
#pragma once
#include <troupe/task/asking.hpp>

namespace troupe {

/// Asks an actor: `co_await ask<&Light::query>(light, args...)`. The call is queued when this is
/// awaited, once. `M` may end in a `Ret<T...>`, return `Task<T>`, or return a value; a handler with
/// a Ret may keep it and answer later. Gives the value; if no answer can come the task ends there
/// (`.reply()` gives an expected instead, `.value()` throws ActorFailed). A task that is dropped
/// meanwhile, or has reached a limit, no longer wants the answer (`ret.is_wanted()`). Nothing else
/// reaches the handler: one that is a coroutine belongs to its actor and runs to its end; no stop
/// request comes to it, and its on_drop() is not called. For race() and timeout() the answer is
/// there when the handler gives it: what a handler that is a coroutine has received by then does
/// not count. No allocation in steady state.
/// @throws std::bad_alloc at the await, when the pool needs memory and there is none
template <auto M, class To, class... X>
  requires detail::good_ask<To, M, X...>
auto ask(To&& to, X&&... args) {  // overloaded: ask<with<int>(&A::m)>(...)
  using A = detail::actor_of<To>;
  using Invoke = std::conditional_t<detail::Answers<M>::Last::is, detail::MethodCall<M, A>,
                                    detail::AnswerByResult<M, A>>;
  using Params = detail::StoredFor<M, X...>;
  return detail::make_ask<Invoke>(typename detail::take_types<sizeof...(X), Params>::type{},
                                  typename detail::Answers<M>::type{}, detail::target_handle<M>(to),
                                  std::forward<X>(args)...);
}
template <auto M, class To, class... X, class Mistake = detail::AskMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_ask<To, M, X...> && !detail::a_remote_handle<To>)
detail::Refused ask(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To,
          class Mistake = detail::a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that>
detail::Refused ask(To&&, detail::Braced, detail::Braced = {}, detail::Braced = {},
                    detail::Braced = {}, detail::Braced = {},
                    detail::Braced = {}) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
detail::Refused ask(X&&...) = delete;  // see Mistake

}  // namespace troupe
