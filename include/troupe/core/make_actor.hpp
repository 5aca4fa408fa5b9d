// core/make_actor.hpp: making actors.
//
// Construction is the start: `make_actor` queues the constructor, so an actor is in Prep until that item runs, and
// calls made meanwhile are held. Where starting takes longer than one turn, `make_actor_prep` runs preparing handlers
// until one of them calls `prep.ready(...)`.
#pragma once
#include <troupe/core/notice.hpp>
#include <troupe/core/ret_do.hpp>

namespace troupe {

namespace detail {
template <class A, class Args> struct Construct {
  CxBase* box;
  [[no_unique_address]] Args args;
  Held* operator()(Core& core) noexcept {
    if (Access::state(*box) != ActorState::prep) return nullptr;
    [[maybe_unused]] const Access::Turn mark(core, box);
    Held* held = nullptr;
    TROUPE_TRY {
      held = args([this](auto&... x) { return Access::become<A>(box, std::move(x)...); });
    }
    TROUPE_CATCH_ALL { return Access::thrown(*box), nullptr; }
    return Access::settle(box, held);
  }
};
template <class A, class... X>
concept constructible_from_these_arguments =
    std::is_constructible_v<A, Cx<A>&, X...> || std::is_constructible_v<A, X...>;
template <auto M>
concept starts_an_actor = Method<decltype(M)>::prep;
template <auto M> using started_by = typename Method<decltype(M)>::actor;
template <auto M, class... X> auto find_preparing_mistake() {
  if constexpr (!starts_an_actor<M>)
    return a_preparing_handler_is_static_and_takes_Prep_of_its_class_first{};
  else
    return CallMistake<ActorOwn<started_by<M>>, M, X...>{};
}
template <auto M, class... X> using PreparingMistake = decltype(find_preparing_mistake<M, X...>());
// A string literal becomes a std::string, as the parameter of a call does.
template <class X> struct made_of_argument {
  using type = std::decay_t<X>;
};
template <std::size_t N> struct made_of_argument<const char (&)[N]> {
  using type = std::string;
};
template <class X> using MadeOf = typename made_of_argument<X>::type;
template <class A, class... X>
concept can_be_made = no_argument_borrows<X...> && constructible_from_these_arguments<A, X...>;
template <class A, class... X> auto find_making_mistake() {
  if constexpr (can_be_made<A, X...>)
    return no_mistake{};
  else if constexpr ((std::is_base_of_v<CxBase, X> || ...))
    return leave_the_Cx_out_make_actor_passes_it{};
  else if constexpr (lends<X...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (!no_argument_borrows<X...>)
    return an_argument_borrows_pass_a_std_string_a_Literal_or_unsafe_borrow_it{};
  else
    return the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first{};
}
template <class A, class... X> using MakingMistake = decltype(find_making_mistake<A, X...>());
template <class... X> inline constexpr bool lacks_a_notify = true;
template <class N, class... X>
inline constexpr bool lacks_a_notify<N, X...> = !std::is_convertible_v<std::decay_t<N>, Ret<StopCause>>;
template <class... X> struct notify_mistake {
  using type = who_hears_of_its_end_ret_nop_for_nobody;
};
template <class N, class... X>
  requires lacks_ret_do<Ret<StopCause>, N>
struct notify_mistake<N, X...> {
  using type = wrap_the_function_in_ret_do_or_ret_some_do;
};
template <class... X> using NotifyMistake = typename notify_mistake<X...>::type;
template <class A>
concept fits_a_box = alignof(A) <= 16 && box_size<A> <= Pool::largest;
template <class Context> std::uint64_t parent_of(Context& context) noexcept {
  if constexpr (a_target<Context>)
    return context.id();
  else
    return 0;
}
// C, a Construct or a Call, is what starts the actor; `otherwise` is told of a full or closed queue.
template <class C, auto Otherwise, class... X> TROUPE_INLINE void queue_start(CallQueue& q, CxBase* box, X&&... args) {
  using R = Record<C>;
  bool refused = false;
  q.push<record_size<C>>([&](void* p) { ::new (p) R{&R::run, {box, pack(std::forward<X>(args)...)}}; },
                         [&] { refuse(q.refusal(), std::forward<X>(args)...), refused = true; });
  if (refused) Otherwise(*box, q.refusal());
}
template <class How, class... P, class... X> void queue_preparation(Types<P...>, CxBase* box, X&&... args) {
  using C = Call<How, Pack<decltype(as_stored<P>(std::declval<X>()))...>>;  // a named number comes as a reference
  queue_start<C, &Access::never_constructed>(Access::main(Access::core_of(box)), box,
                                             as_stored<P>(std::forward<X>(args))...);
}
template <class A> ActorOwn<A> make_prepared(Core& core, Notice* notice, std::uint64_t parent) {
  return Access::first_owner<A>(Access::make_box<A>(core, notice, parent));
}
template <class A, class... X>
ActorOwn<A> make_constructed(Core& core, Notice* notice, std::uint64_t parent, X&&... args) {
  CxBase* box = Access::make_box<A>(core, notice, parent);
  queue_start<Construct<A, Pack<X...>>, &Access::never_constructed>(Access::main(core), box, std::move(args)...);
  return Access::first_owner<A>(box);
}
// The arguments are converted by then: a conversion that throws leaves nothing behind.
template <class A, class... X>
TROUPE_INLINE ActorOwn<A> make_noticed(Core& core, Ret<StopCause>& notify, std::uint64_t parent, X&&... args) {
  return make_constructed<A>(core, Access::notice_for(core, std::move(notify)), parent, std::forward<X>(args)...);
}
}  // namespace detail

/// Makes an actor: `A(cx, args...)` or, where that fits, `A(args...)`, built by an item of the queue.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended and its state is destroyed; `ret_nop` if nobody
/// cares
/// @param args owned values for the constructor; a string literal is passed as a `std::string`
/// Returns the first owner: the actor ends when the last owner goes. Errors: throws bad_alloc when there is no memory;
/// a constructor that throws fails the actor, which `notify` hears; so does a full queue.
template <class A, class Context, class... X>
  requires std::is_convertible_v<Context&, Core&> && detail::can_be_made<A, detail::MadeOf<X>...>
[[nodiscard("the actor ends when its last owner goes: keep it")]] TROUPE_INLINE ActorOwn<A> make_actor(
    Context& context, Ret<StopCause> notify, X&&... args) {
  Core& core = context;
  return detail::make_noticed<A>(core, notify, detail::parent_of(context), detail::MadeOf<X>(std::forward<X>(args))...);
}
/// Makes an actor that stays in Prep until init() or a preparing handler starts it: for actors that know each other.
/// Calls to it are held meanwhile.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended; `ret_nop` if nobody cares
/// @returns the first owner: the actor ends when the last owner goes, in Prep too; what was held is dropped then
/// @throws std::bad_alloc when there is no memory; `notify` hears it, too
template <class A, class Context>
  requires std::is_convertible_v<Context&, Core&>
[[nodiscard("the actor ends when its last owner goes: keep it")]] ActorOwn<A> make_actor_new(Context& context,
                                                                                             Ret<StopCause> notify) {
  Core& core = context;
  return detail::make_prepared<A>(core, detail::Access::notice_for(core, std::move(notify)),
                                  detail::parent_of(context));
}
/// Queues the construction of an actor from make_actor_new(): `A(cx, args...)` or `A(args...)`. Dropped, with `args`,
/// if the actor has been started otherwise or has ended by then.
/// @param args owned values for the constructor; a string literal is passed as a `std::string`
/// Errors: a full queue fails the actor, unless it has been started otherwise when the queue has run empty; so does a
/// constructor that throws. What the conversion of an argument throws passes through, and nothing is queued.
template <class A, class... X>
  requires detail::can_be_made<A, detail::MadeOf<X>...>
void init(const ActorOwn<A>& actor, X&&... args) {
  CxBase* box = detail::target_box(actor);
  detail::queue_start<detail::Construct<A, detail::Pack<detail::MadeOf<X>...>>, &detail::Access::never_started>(
      detail::Access::main(detail::Access::core_of(box)), box, detail::MadeOf<X>(std::forward<X>(args))...);
}
/// Makes an actor whose start is asynchronous: queues the static preparing handler `M(Prep<A>&, args...)`, which may
/// ask others for what the actor needs, and makes its state, at once or later, by `prep.ready(args...)`. Calls are held
/// meanwhile.
/// @param context the `Runtime`, `Core` or `Cx` of the maker
/// @param notify hears the `StopCause` once when the actor has ended; `ret_nop` if nobody cares
/// @returns the first owner: the actor ends when the last owner goes, in Prep too
/// @throws std::bad_alloc when there is no memory (`notify` hears it, too); what the conversion of an argument throws
/// Errors: a full queue, or a handler that throws, fails the actor.
template <auto M, class Context, class... X>
  requires std::is_convertible_v<Context&, Core&> && detail::starts_an_actor<M> &&
           detail::good_call<ActorOwn<detail::started_by<M>>, M, X...>
[[nodiscard("the actor ends when its last owner goes: keep it")]] auto make_actor_prep(Context& context,
                                                                                       Ret<StopCause> notify,
                                                                                       X&&... args) {
  using A = typename detail::Method<decltype(M)>::actor;
  ActorOwn<A> own = make_actor_new<A>(context, std::move(notify));
  detail::queue_preparation<detail::MethodCall<M, A>>(detail::StoredFor<M, X...>{}, detail::target_box(own),
                                                      std::forward<X>(args)...);
  return own;
}
// clang-format off
template <class A, class Context, class... X, class Mistake = detail::MakingMistake<A, detail::MadeOf<X>...>> requires(std::is_convertible_v<Context&, Core&> && !detail::can_be_made<A, detail::MadeOf<X>...>)
ActorOwn<A> make_actor(Context&, Ret<StopCause>, X&&...) = delete;  // see Mistake
template <class A, class Context, class... X, class Mistake = detail::NotifyMistake<X...>> requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
ActorOwn<A> make_actor(Context&, X&&...) = delete;  // see Mistake
template <class A, class... X, class Mistake = detail::MakingMistake<A, detail::MadeOf<X>...>> requires(!detail::can_be_made<A, detail::MadeOf<X>...>)
void init(const ActorOwn<A>&, X&&...) = delete;  // see Mistake
template <class A, class Context, class... X, class Mistake = detail::NotifyMistake<X...>> requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
ActorOwn<A> make_actor_new(Context&, X&&...) = delete;  // see Mistake
template <auto M, class Context, class... X, class Mistake = detail::NotifyMistake<X...>> requires(std::is_convertible_v<Context&, Core&> && detail::lacks_a_notify<X...>)
detail::Refused make_actor_prep(Context&, X&&...) = delete;  // see Mistake
template <auto M, class Context, class... X, class Mistake = detail::PreparingMistake<M, X...>> requires(!std::is_same_v<Mistake, detail::no_mistake>)
detail::Refused make_actor_prep(Context&, Ret<StopCause>, X&&...) = delete;  // see Mistake
// clang-format on

TROUPE_INLINE detail::Notice* detail::Access::notice_for(Core& core, Ret<StopCause>&& notify) {
  return notify.take_nop() ? nullptr : make_notice(core, std::move(notify));
}

template <class A>
TROUPE_INLINE CxBase* detail::Access::make_box(Core& core, detail::Notice* notice, std::uint64_t parent) {
  static_assert(detail::fits_a_box<A>,
                "troupe: an actor's state is at most 128 KiB, aligned to at most 16: keep more of it behind a pointer");
  void* cell = core.pool_.take(core, detail::Pool::class_of(detail::box_size<A>), true);
  if (!cell) [[unlikely]]
    no_box(core, notice);
  CxBase* b = ::new (cell) Cx<A>(kind_of<A>());
  held(b) = nullptr;
  b->notice_ = notice;
  const std::uint64_t id = core.logger_.new_id();
  char* ids = reinterpret_cast<char*>(b) + detail::id_at<A>;
  std::memcpy(ids, &id, sizeof(id));
  if constexpr (detail::ids_size > sizeof(id)) std::memcpy(ids + sizeof(id), &parent, sizeof(parent));
  if (core.logger_.allows(LogLevel::open)) [[unlikely]]
    opened(core, *b, parent);
  return b;
}

}  // namespace troupe
