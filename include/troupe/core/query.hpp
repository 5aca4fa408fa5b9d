// core/query.hpp: asking an actor synchronously, from the host's loop.
#pragma once
#include <memory>
#include <optional>
#include <troupe/core/good_query.hpp>
#include <troupe/core/runtime.hpp>

namespace troupe {

/// Calls `M` of a ready actor synchronously, from the loop, and returns what it returns, a
/// reference as a copy: nullopt (or false for void) when the actor is in Prep or has ended. A
/// coroutine, which answers later, is refused. A stop() or fail() inside takes effect before this
/// returns; a method that throws fails the actor, and nullopt (or false) is returned. What the
/// function of a `ret_do` throws, which is answered inside, comes out of the next run. Called
/// inside a run, or with a living actor of another runtime than `rt`, it ends the process with a
/// sentence.
template <auto M, class A, class... X>
  requires detail::answers_at_once<A, M, X...>
auto query(Runtime& rt, const Actor<A>& actor, X&&... args) {
  using Invoke = detail::MethodCall<M, A>;
  detail::Box* box = detail::target_box(actor);
  Core& core = rt;
  if (detail::kernel_of(core).running)
    panic("query() belongs to the host's loop, not into a run", type_name<A>);
  if (box->state == ActorState::ready && std::addressof(box->core()) != std::addressof(core))
    panic("query() was given an actor of another runtime", type_name<A>);
  using R = std::remove_cvref_t<decltype(Invoke::invoke(*box, std::forward<X>(args)...))>;
  const auto leave = [&] {
    if (box->state != ActorState::ready) detail::end_stopping(*box);
  };
  [[maybe_unused]] const detail::Turn mark(core, *box);
  const detail::TurnOutside inside(*box);
  if constexpr (std::is_void_v<R>) {
    if (box->state != ActorState::ready) return false;
    TROUPE_TRY { Invoke::invoke(*box, std::forward<X>(args)...); }
    TROUPE_CATCH_ALL { return detail::thrown(*box), false; }
    leave();
    return true;
  } else {
    std::optional<R> result;
    if (box->state != ActorState::ready) return result;
    TROUPE_TRY { result.emplace(Invoke::invoke(*box, std::forward<X>(args)...)); }
    TROUPE_CATCH_ALL {
      detail::thrown(*box);
      return result;  // alone, so that it is moved
    }
    leave();
    return result;
  }
}
template <auto M, class A, class... X>
  requires detail::answers_at_once<A, M, X...>
auto query(Runtime& rt, const ActorOwn<A>& actor, X&&... args) {
  return query<M>(rt, actor.actor(), std::forward<X>(args)...);
}
template <auto M, class A, class... X, class Mistake = detail::QueryMistake<A, M, X...>>
  requires(!detail::answers_at_once<A, M, X...>)
detail::Refused query(Runtime&, const Actor<A>&, X&&...) = delete;  // see Mistake
template <auto M, class A, class... X, class Mistake = detail::QueryMistake<A, M, X...>>
  requires(!detail::answers_at_once<A, M, X...>)
detail::Refused query(Runtime&, const ActorOwn<A>&, X&&...) = delete;  // see Mistake
template <auto M, class Context, class... X,
          class Mistake = detail::query_takes_the_Runtime_which_hosts_hold_a_handler_calls_or_asks>
  requires(!std::is_same_v<Context, Runtime&>)
detail::Refused query(Context&&, X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
detail::Refused query(Runtime&, X&&...) = delete;  // see Mistake

}  // namespace troupe
