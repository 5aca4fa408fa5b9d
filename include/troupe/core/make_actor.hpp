// core/make_actor.hpp: making actors.
//
// Construction is the start: `make_actor` queues the constructor, so an actor is in Prep until that
// item runs, and calls made meanwhile are held. Where starting takes longer than one turn,
// `make_actor_prep` runs preparing handlers until one of them calls `prep.ready(...)`.
#pragma once
#include <troupe/core/making.hpp>

namespace troupe {

/// Makes an actor: `A(cx, args...)` or, where that fits, `A(args...)`, built by an item of the
/// queue.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended and its state is destroyed;
/// `ret_nop` if nobody cares
/// @param args owned values for the constructor; a string literal is passed as a `std::string`
/// @returns the first owner: the actor ends when the last owner goes
/// @throws std::bad_alloc when there is no memory; `notify` hears it, too
///
/// Errors: a constructor that throws fails the actor, which `notify` hears; so does a full queue.
template <class A, class Context, class... X>
  requires std::is_convertible_v<Context&, Core&> && detail::can_be_made<A, detail::MadeOf<X>...>
[[nodiscard("the actor ends when its last owner goes: keep it")]] TROUPE_INLINE ActorOwn<A>
make_actor(Context& context, Ret<StopCause> notify, X&&... args) {
  Core& core = context;
  return detail::make_noticed<A>(core, notify, detail::parent_of(context),
                                 detail::MadeOf<X>(std::forward<X>(args))...);
}
/// Makes an actor that stays in Prep until init() or a preparing handler starts it: for actors that
/// know each other. Calls to it are held meanwhile.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended; `ret_nop` if nobody cares
/// @returns the first owner: the actor ends when the last owner goes, in Prep too; what was held is
/// dropped then
/// @throws std::bad_alloc when there is no memory; `notify` hears it, too
template <class A, class Context>
  requires std::is_convertible_v<Context&, Core&>
[[nodiscard("the actor ends when its last owner goes: keep it")]] ActorOwn<A> make_actor_new(
    Context& context, Ret<StopCause> notify) {
  Core& core = context;
  return detail::make_prepared<A>(core, detail::notice_for(core, std::move(notify)),
                                  detail::parent_of(context));
}
/// Queues the construction of an actor from make_actor_new(): `A(cx, args...)` or `A(args...)`.
/// Dropped, with `args`, if the actor has been started otherwise or has ended by then.
/// @param args owned values for the constructor; a string literal is passed as a `std::string`
///
/// Errors: a full queue fails the actor, unless it has been started otherwise when the queue has
/// run empty; so does a constructor that throws. What the conversion of an argument throws passes
/// through, and nothing is queued.
template <class A, class... X>
  requires detail::can_be_made<A, detail::MadeOf<X>...>
void init(const ActorOwn<A>& actor, X&&... args) {
  detail::Box* box = detail::target_box(actor);
  detail::queue_start<detail::Construct<A, detail::Pack<detail::MadeOf<X>...>>,
                      &detail::never_started>(box->kernel().here().main, box,
                                              detail::MadeOf<X>(std::forward<X>(args))...);
}
/// Makes an actor whose start is asynchronous: queues the static preparing handler `M(Prep<A>&,
/// args...)`, which may ask others for what the actor needs, and makes its state, at once or later,
/// by `prep.ready(args...)`. Calls are held meanwhile.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended; `ret_nop` if nobody cares
/// @returns the first owner: the actor ends when the last owner goes, in Prep too
/// @throws std::bad_alloc when there is no memory (`notify` hears it, too); what the conversion of
/// an argument throws
///
/// Errors: a full queue, or a handler that throws, fails the actor.
template <auto M, class Context, class... X>
  requires std::is_convertible_v<Context&, Core&> && detail::starts_an_actor<M> &&
           detail::good_call<ActorOwn<detail::started_by<M>>, M, X...>
[[nodiscard("the actor ends when its last owner goes: keep it")]] auto make_actor_prep(
    Context& context, Ret<StopCause> notify, X&&... args) {
  using A = typename detail::Method<decltype(M)>::actor;
  ActorOwn<A> own = make_actor_new<A>(context, std::move(notify));
  detail::queue_preparation<detail::MethodCall<M, A>>(
      detail::StoredFor<M, X...>{}, detail::target_box(own), std::forward<X>(args)...);
  return own;
}
template <class A, class Context, class... X,
          class Mistake = detail::MakingMistake<A, detail::MadeOf<X>...>>
  requires(std::is_convertible_v<Context&, Core&> && !detail::can_be_made<A, detail::MadeOf<X>...>)
ActorOwn<A> make_actor(Context&, Ret<StopCause>, X&&...) = delete;  // see Mistake
template <class A, class Context, class... X, class Mistake = detail::NotifyMistake<X...>>
  requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
ActorOwn<A> make_actor(Context&, X&&...) = delete;  // see Mistake
template <class A, class... X, class Mistake = detail::MakingMistake<A, detail::MadeOf<X>...>>
  requires(!detail::can_be_made<A, detail::MadeOf<X>...>)
void init(const ActorOwn<A>&, X&&...) = delete;  // see Mistake
template <class A, class Context, class... X, class Mistake = detail::NotifyMistake<X...>>
  requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
ActorOwn<A> make_actor_new(Context&, X&&...) = delete;  // see Mistake
template <auto M, class Context, class... X, class Mistake = detail::NotifyMistake<X...>>
  requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
detail::Refused make_actor_prep(Context&, X&&...) = delete;  // see Mistake
template <auto M, class Context, class... X, class Mistake = detail::PreparingMistake<M, X...>>
  requires(!std::is_same_v<Mistake, detail::no_mistake>)
detail::Refused make_actor_prep(Context&, Ret<StopCause>, X&&...) = delete;  // see Mistake

}  // namespace troupe
