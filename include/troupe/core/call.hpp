// core/call.hpp: calling actors, and deferring functions: now, lazily, or idly.
//
// A call is asynchronous, typed and, in steady state, free of allocation. Arguments are converted
// at the call to the parameters' own value types and stored in the queue; calls run in the order in
// which they were made.
#pragma once
#include <troupe/core/good_call.hpp>
#include <troupe/core/queued_call.hpp>

namespace troupe {

namespace detail {
template <class Invoke, class... P, class... X>
TROUPE_INLINE void call_converted(Types<P...>, Box* to, X&&... x) {
  enqueue<Invoke>(to, detail::as_stored<P>(std::forward<X>(x))...);
}
template <class Invoke, class... P, class... X>
void call_converted_in(CallQueue& q, Types<P...>, Box* to, X&&... x) {
  enqueue_counted<Invoke>(q, to, detail::as_stored<P>(std::forward<X>(x))...);
}
}  // namespace detail

/// Calls method `M` of an actor: `call<&Light::set>(light, true)`. Queued; runs once, after all
/// calls made before. To an actor in Prep the call is held until it is ready; to one that has ended
/// it is dropped with its arguments, and their Rets hear `lost`. What the method returns is
/// dropped: to get a result, let the method take a `Ret`, or `ask` it in a coroutine.
/// @param to an `Actor`, an `ActorOwn`, or the `Cx` of the caller itself
/// @param args converted here to the parameters' value types; a conversion that throws queues
/// nothing
///
/// Errors: a full queue (`Runtime::set_max_queued`) or no memory drops the arguments, and
/// their Rets hear why. Allowed everywhere on the runtime's thread, in destructors too. Cost: about
/// 45 instructions, callee included; no allocation.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
TROUPE_INLINE void call(To&& to, X&&... args) {  // overloaded: call<with<int>(&A::m)>(...)
  detail::call_converted<detail::CallOf<To, M>>(detail::StoredFor<M, X...>{},
                                                detail::target_box(to), std::forward<X>(args)...);
}

/// Calls `fn(A&, Cx<A>&, bound...)` or `fn(A&, bound...)` on the actor, as if it were a method of
/// it.
/// @param fn a function, a captureless lambda, or a function object whose fields are Storable
template <class To, class F, class... B>
  requires detail::good_function_for<To, F, B...>
void call(To&& to, F fn, B... bound) {
  detail::enqueue<detail::FunctionCall<detail::actor_of<To>>>(detail::target_box(to), std::move(fn),
                                                              std::move(bound)...);
}

/// Calls method `M` of an actor when the main queue has run empty: for work that should see the
/// results of everything else. All lazy items that are queued now run first; calls that they make
/// run after them. Arguments, errors, thread and cost are those of call(); the lazy queue has a
/// bound of its own, of the same size.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void lazy(To&& to, X&&... args) {  // overloaded: lazy<with<int>(&A::m)>(...)
  detail::Box* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(
      box->kernel().here().lazy, detail::StoredFor<M, X...>{}, box, std::forward<X>(args)...);
}

/// Calls method `M` of an actor when the host has nothing else to do: each run that the host asks
/// for idle work executes one idle item, oldest first, before time moves on. The item does not
/// count against the run's limit; what it queues does. Arguments, errors, thread and cost are those
/// of call(): a method that throws fails its actor, and the run goes on. The idle queue has a bound
/// of its own, of the same size.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void idle(To&& to, X&&... args) {  // overloaded: idle<with<int>(&A::m)>(...)
  detail::Box* box = detail::target_box(to);
  detail::call_converted_in<detail::CallOf<To, M>>(
      box->kernel().here().idle, detail::StoredFor<M, X...>{}, box, std::forward<X>(args)...);
}

/// Queues `fn(core, bound...)` or `fn(bound...)`: it runs once, after all that was queued before,
/// and belongs to no actor. An exception out of it is rethrown by `Runtime::run`, which can then be
/// called again.
/// @param bound owned values, copied or moved in
///
/// Errors: where the queue is at its bound, memory lacks, or the runtime has ended, `fn` and
/// `bound` are destroyed here, and their Rets hear why. Allowed everywhere on the runtime's thread,
/// in destructors too. No allocation.
template <class F, class... B>
  requires detail::good_function<F, B...>
void defer(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::kernel_here(core).main, std::move(fn), std::move(bound)...);
}
/// Queues `fn(core, bound...)` or `fn(bound...)` for when the main queue has run empty. Errors,
/// thread and cost are those of defer().
template <class F, class... B>
  requires detail::good_function<F, B...>
void lazy(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::kernel_here(core).lazy, std::move(fn), std::move(bound)...);
}
/// Queues `fn(core, bound...)` or `fn(bound...)` for when the host has nothing else to do: each run
/// that the host asks for idle work executes one idle item, oldest first, before time moves on. The
/// item does not count against the run's limit; what it queues does. An exception out of it is
/// rethrown by `Runtime::run` before anything else of that run, and the next run goes on behind it.
/// Errors, thread and cost are those of defer().
template <class F, class... B>
  requires detail::good_function<F, B...>
void idle(Core& core, F fn, B... bound) {
  detail::enqueue_function(detail::kernel_here(core).idle, std::move(fn), std::move(bound)...);
}

// The compiler shows these lines where a call is refused; `Mistake` says why, and what to write
// instead.
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...> && !detail::a_remote_handle<To>)
void call(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To,
          class Mistake = detail::a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that>
void call(To&&, detail::Braced, detail::Braced = {}, detail::Braced = {}, detail::Braced = {},
          detail::Braced = {}, detail::Braced = {}) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void lazy(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To,
          class Mistake = detail::a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that>
void lazy(To&&, detail::Braced, detail::Braced = {}, detail::Braced = {}, detail::Braced = {},
          detail::Braced = {}, detail::Braced = {}) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void idle(To&&, X&&...) = delete;  // see Mistake
template <auto M, class To,
          class Mistake = detail::a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that>
void idle(To&&, detail::Braced, detail::Braced = {}, detail::Braced = {}, detail::Braced = {},
          detail::Braced = {}, detail::Braced = {}) = delete;  // see Mistake
template <class To, class F, class... B,
          class Mistake = detail::FunctionForMistake<To, std::decay_t<F>, std::decay_t<B>...>>
  requires(detail::a_target<To> && !std::is_member_pointer_v<std::decay_t<F>> &&
           !detail::good_function_for<To, std::decay_t<F>, std::decay_t<B>...>)
void call(To&&, F&&, B&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void call(X&&...) = delete;  // see Mistake: call<&A::f>(actor, ...)
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void lazy(X&&...) = delete;  // see Mistake: lazy<&A::f>(actor, ...)
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void idle(X&&...) = delete;  // see Mistake: idle<&A::f>(actor, ...)
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void defer(X&&...) = delete;  // see Mistake: call<&A::f>(actor, ...)
template <class F, class To, class... B, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<F, To>
void call(F&&, To&&, B&&...) = delete;  // see Mistake
template <class F, class To, class... B, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<F, To>
void defer(F&&, To&&, B&&...) = delete;  // see Mistake
template <class F, class To, class... B, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<F, To>
void lazy(F&&, To&&, B&&...) = delete;  // see Mistake
template <class F, class To, class... B, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<F, To>
void idle(F&&, To&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void defer(Core&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void lazy(Core&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void idle(Core&, F&&, B&&...) = delete;  // see Mistake

}  // namespace troupe
