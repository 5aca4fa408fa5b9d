// core/making.hpp: which actors can be made of which arguments, and the record that starts one.
// (internal)
#pragma once
#include <string>
#include <troupe/core/good_call.hpp>
#include <troupe/core/make_box.hpp>
#include <troupe/core/notice.hpp>
#include <troupe/core/queued_call.hpp>

namespace troupe::detail {

template <class A, class Args> struct Construct {
  Box* box;
  [[no_unique_address]] Args args;
  HeldCalls operator()(Core& core) noexcept {
    if (box->state != ActorState::prep) return {};
    [[maybe_unused]] const Turn mark(core, *box);
    Held* held = nullptr;
    TROUPE_TRY {
      held = args([this](auto&... x) { return become<A>(*box, std::move(x)...); });
    }
    TROUPE_CATCH_ALL { return thrown(*box), HeldCalls(); }
    return go_on_with(*box, held);
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
  else if constexpr (constructible_from_these_arguments<A, X&...>)
    return a_constructor_gets_what_it_owns_take_it_by_value_or_unsafe_borrow_the_argument{};
  else
    return the_class_has_no_constructor_for_these_arguments_with_or_without_Cx_first{};
}
template <class A, class... X> using MakingMistake = decltype(find_making_mistake<A, X...>());
template <class... X> inline constexpr bool lacks_a_notify = true;
template <class N, class... X>
inline constexpr bool lacks_a_notify<N, X...> =
    !std::is_convertible_v<std::decay_t<N>, Ret<StopCause>>;
template <class... X> struct notify_mistake {
  using type = who_hears_of_its_end_ret_nop_for_nobody;
};
template <class N, class... X>
  requires lacks_ret_do<Ret<StopCause>, N>
struct notify_mistake<N, X...> {
  using type = wrap_the_function_in_ret_do_or_ret_some_do;
};
template <class... X> using NotifyMistake = typename notify_mistake<X...>::type;
template <class Context> std::uint64_t parent_of(Context& context) noexcept {
  if constexpr (a_target<Context>)
    return context.id();
  else
    return 0;
}
// C, a Construct or a Call, is what starts the actor; `otherwise` is told of a full or closed
// queue.
template <class C, auto Otherwise, class... X>
TROUPE_INLINE void queue_start(CallQueue& q, Box* box, X&&... args) {
  using R = Record<C>;
  bool refused = false;
  q.push<record_size<C>>(
      [&](void* p) { ::new (p) R{&R::run, {box, detail::pack(std::forward<X>(args)...)}}; },
      [&] { detail::refuse(q.refusal(), std::forward<X>(args)...), refused = true; });
  if (refused) Otherwise(*box, q.refusal());
}
template <class Invoke, class... P, class... X>
void queue_preparation(Types<P...>, Box* box, X&&... args) {
  using C = Call<Invoke, Pack<decltype(detail::as_stored<P>(
                             std::declval<X>()))...>>;  // a named number comes as a reference
  queue_start<C, &never_constructed>(box->kernel().here().main, box,
                                     detail::as_stored<P>(std::forward<X>(args))...);
}
template <class A> ActorOwn<A> make_prepared(Core& core, Notice* notice, std::uint64_t parent) {
  return first_owner_of<A>(make_box<A>(core, notice, parent));
}
template <class A, class... X>
ActorOwn<A> make_constructed(Core& core, Notice* notice, std::uint64_t parent, X&&... args) {
  Box* box = std::addressof(make_box<A>(core, notice, parent));
  queue_start<Construct<A, Pack<X...>>, &never_constructed>(kernel_here(core).main, box,
                                                            std::move(args)...);
  return first_owner_of<A>(*box);
}
// The arguments are converted by then: a conversion that throws leaves nothing behind.
template <class A, class... X>
TROUPE_INLINE ActorOwn<A> make_noticed(Core& core, Ret<StopCause>& notify, std::uint64_t parent,
                                       X&&... args) {
  return make_constructed<A>(core, notice_for(core, std::move(notify)), parent,
                             std::forward<X>(args)...);
}

}  // namespace troupe::detail
