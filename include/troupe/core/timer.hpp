// core/timer.hpp: calls that come later: at an instant, after a while, or at a moving one.
//
// A timer is not tied to its actor: when it comes due it is a call like any other, dropped if the
// actor has ended by then. Due timers join the queue behind what is there, ordered by instant, then
// by creation. A timer for now or earlier fires in a later run whose instant is greater. Callables
// live in slots of the timer queue.
#pragma once
#include <troupe/core/call.hpp>
#include <troupe/core/due.hpp>

namespace troupe {

namespace detail {
template <class Invoke, class Args>
struct DueRecord<CountedCall<Invoke, Args>> {  // the count has done its work: the queue names the
                                               // box
                                               // by its address
  static bool push(CallQueue& q, CountedCall<Invoke, Args>& f) noexcept {
    using C = Call<Invoke, Args>;
    bool room = true;
    q.push<record_size<C>>(
        [&](void* p) { ::new (p) Record<C>{&Record<C>::run, std::move(f.call)}; },
        [&] { room = false; });
    return room;
  }
};
template <class Invoke, class... P, class... X> auto counted_call(Types<P...>, Box* box, X&&... x) {
  return CountedCall<Invoke, Pack<P...>>(box, detail::pack(P(std::forward<X>(x))...));
}
template <auto M, class To, class... X> auto timer_call(To& to, X&&... args) {
  return counted_call<CallOf<To, M>>(StoredFor<M, X...>{}, target_box(to),
                                     std::forward<X>(args)...);
}
}  // namespace detail

/// Calls `M` on the target at an instant: never before it, and in a later run than the present one.
/// The call is dropped if the actor has ended by then, and held if it is in Prep.
/// @param when an instant in the past, or now, means the next run whose instant is greater than the
/// present one
/// @param args converted here to the parameters' value types
/// @returns its key; an empty one where the runtime is ending, or has ended: `args` are destroyed
/// then
/// @throws std::bad_alloc when there is no memory for the timer, and what a conversion throws;
/// nothing is kept then
///
/// Cost: some 100 instructions, no allocation in steady state.
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
FixedTimerKey at(To&& to, AnyInstant when, X&&... args) {  // overloaded: at<with<int>(&A::m)>(...)
  return detail::add_fixed(detail::core_of(to), when,
                           detail::timer_call<M>(to, std::forward<X>(args)...));
}
/// Calls `M` on the target `wait` after the present instant of its runtime, which is that of the
/// present run. Any unit will do: a wait or an instant that is out of reach means for ever, here
/// and wherever one is taken (`AnyDuration`).
/// @param wait 0 or less means the next run whose instant is greater than the present one
/// @returns its key, and throws, as at() does
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
FixedTimerKey after(To&& to, AnyDuration wait, X&&... args) {  // after<with<int>(&A::m)>
  return at<M>(to, detail::later(detail::core_of(to).now(), wait), std::forward<X>(args)...);
}
/// Runs `fn(core, bound...)` or `fn(bound...)` at an instant; what it throws comes out of
/// `Runtime::run`.
/// @param bound owned values, copied or moved in
/// @returns its key; an empty one where the runtime is ending: `fn` and `bound` are destroyed then
/// @throws std::bad_alloc when there is no memory for the timer
template <class F, class... B>
  requires detail::good_function<F, B...>
FixedTimerKey at(Core& core, AnyInstant when, F fn, B... bound) {
  return detail::add_fixed(core, when, detail::deferred(std::move(fn), std::move(bound)...));
}
/// Runs `fn(core, bound...)` or `fn(bound...)` when `wait` has passed; what it throws comes out of
/// `Runtime::run`.
/// @param wait 0 or less means the next run whose instant is greater than the present one
/// @returns its key; an empty one where the runtime is ending: `fn` and `bound` are destroyed then
/// @throws std::bad_alloc when there is no memory for the timer
template <class F, class... B>
  requires detail::good_function<F, B...>
FixedTimerKey after(Core& core, AnyDuration wait, F fn, B... bound) {
  return at(core, detail::later(core.now(), wait), std::move(fn), std::move(bound)...);
}

/// A timer that is often pushed to later, as an inactivity limit is. Where the key's timer is still
/// to come, only its time changes: it is moved to `when`, unless `when` is earlier. The actor, the
/// method and the arguments stay those of the call that made the timer; the ones that are given now
/// are not used, and temporaries among them are destroyed. To change them, delete the timer first
/// (`timer_delete`). In all other cases a new timer is made, and its key stored.
/// @param key of this runtime; a default one, or that of a timer which has gone, makes a new timer
/// @param when the latest instant so far counts; moving the timer to it costs one memory write
/// @param args converted here to the parameters' value types, where a new timer is made
/// @throws std::bad_alloc when there is no memory for a new timer; `key` is unchanged then
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void timer_max(MaxTimerKey& key, To&& to, AnyInstant when, X&&... args) {  // with<int>(&A::m)
  Core& core = detail::core_of(to);
  if (detail::kernel_here(core).timers.update_max(key, when)) return;
  key = detail::add_max(core, when, detail::timer_call<M>(to, std::forward<X>(args)...));
}
/// A max timer that runs `fn(core, bound...)` or `fn(bound...)`. While the key's timer is still to
/// come only its time changes: the function and its bound values stay those of the first call.
/// @param key as for timer_max() of a method
/// @throws std::bad_alloc when there is no memory for a new timer; `key` is unchanged then
template <class F, class... B>
  requires detail::good_function<F, B...>
void timer_max(MaxTimerKey& key, Core& core, AnyInstant when, F fn, B... bound) {
  if (detail::kernel_here(core).timers.update_max(key, when)) return;
  key = detail::add_max(core, when, detail::deferred(std::move(fn), std::move(bound)...));
}
/// A timer that is often pulled to earlier, as the next of many deadlines is. Where the key's timer
/// is still to come, only its time changes: it is moved to `when`, unless `when` is later. The
/// actor, the method and the arguments stay those of the call that made the timer; the ones that
/// are given now are not used, and temporaries among them are destroyed. To change them, delete the
/// timer first (`timer_delete`). In all other cases a new timer is made, and its key stored.
/// @param key of this runtime; a default one, or that of a timer which has gone, makes a new timer
/// @param when the earliest instant so far counts
/// @param args converted here to the parameters' value types, where a new timer is made
/// @throws std::bad_alloc when there is no memory for a new timer; `key` is unchanged then
template <auto M, class To, class... X>
  requires detail::good_call<To, M, X...>
void timer_min(MinTimerKey& key, To&& to, AnyInstant when, X&&... args) {  // with<int>(&A::m)
  Core& core = detail::core_of(to);
  if (detail::kernel_here(core).timers.update_min(key, when, core.now())) return;
  key = detail::add_min(core, when, detail::timer_call<M>(to, std::forward<X>(args)...));
}
/// A min timer that runs `fn(core, bound...)` or `fn(bound...)`. While the key's timer is still to
/// come only its time changes: the function and its bound values stay those of the first call.
/// @param key as for timer_min() of a method
/// @throws std::bad_alloc when there is no memory for a new timer; `key` is unchanged then
template <class F, class... B>
  requires detail::good_function<F, B...>
void timer_min(MinTimerKey& key, Core& core, AnyInstant when, F fn, B... bound) {
  if (detail::kernel_here(core).timers.update_min(key, when, core.now())) return;
  key = detail::add_min(core, when, detail::deferred(std::move(fn), std::move(bound)...));
}

/// Moves a max timer to `when`, unless that is earlier than its present time.
/// @returns whether the timer was still to come
inline bool timer_update(Core& core, MaxTimerKey key, AnyInstant when) noexcept {
  return detail::kernel_here(core).timers.update_max(key, when);
}
/// Moves a min timer to `when`, unless that is later than its present time.
/// @returns whether the timer was still to come
inline bool timer_update(Core& core, MinTimerKey key, AnyInstant when) noexcept {
  return detail::kernel_here(core).timers.update_min(key, when, core.now());
}
/// Deletes a timer and destroys the call that it holds: Rets among the arguments hear `dropped`,
/// before this returns. A call that the timer has already queued still runs.
/// @param key of any kind; the key of a timer that has gone, or of another runtime, does nothing
/// @returns whether the timer was still to come
template <class Key> bool timer_delete(Core& core, Key key) noexcept {
  return detail::kernel_here(core).timers.erase(key);
}
/// Whether the timer of that key is still to come: not fired, not deleted, and of this runtime.
template <class Key> bool timer_active(Core& core, Key key) noexcept {
  return detail::kernel_here(core).timers.is_active(key);
}

template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void at(To&&, AnyInstant, X&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void at(Core&, AnyInstant, F&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void after(To&&, AnyDuration, X&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void after(Core&, AnyDuration, F&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void timer_max(MaxTimerKey&, To&&, AnyInstant, X&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void timer_max(MaxTimerKey&, Core&, AnyInstant, F&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
          class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
  requires(!detail::good_call<To, M, X...>)
void timer_min(MinTimerKey&, To&&, AnyInstant, X&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
void timer_min(MinTimerKey&, Core&, AnyInstant, F&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class When, class... X,
          class Mistake =
              detail::TimeMistake<detail::at_takes_an_Instant_for_a_Duration_use_after, To, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void at(To&&, When&&, X&&...) = delete;  // see Mistake
template <auto M, class To, class Mistake = detail::behind_the_actor_or_Core_comes_the_time>
  requires detail::a_place<To>
void at(To&&) = delete;  // see Mistake
template <class When, class... X,
          class Mistake = detail::TimeMistake<detail::at_takes_an_Instant_for_a_Duration_use_after,
                                              Core&, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void at(Core&, When&&, X&&...) = delete;  // see Mistake
template <class When, class To, class... X, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<When, To>
void at(When&&, To&&, X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void at(X&&...) = delete;  // see Mistake
template <auto M, class To, class When, class... X,
          class Mistake =
              detail::TimeMistake<detail::after_takes_a_Duration_for_an_Instant_use_at, To, When>>
  requires(!std::is_convertible_v<When, AnyDuration>)
void after(To&&, When&&, X&&...) = delete;  // see Mistake
template <auto M, class To, class Mistake = detail::behind_the_actor_or_Core_comes_the_time>
  requires detail::a_place<To>
void after(To&&) = delete;  // see Mistake
template <class When, class... X,
          class Mistake = detail::TimeMistake<detail::after_takes_a_Duration_for_an_Instant_use_at,
                                              Core&, When>>
  requires(!std::is_convertible_v<When, AnyDuration>)
void after(Core&, When&&, X&&...) = delete;  // see Mistake
template <class When, class To, class... X, class Mistake = detail::the_actor_or_Core_comes_first>
  requires detail::stands_before<When, To>
void after(When&&, To&&, X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void after(X&&...) = delete;  // see Mistake
template <auto M, class To, class When, class... X,
          class Mistake = detail::TimeMistake<
              detail::a_moving_timer_takes_an_Instant_add_the_Duration_to_now, To, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void timer_max(MaxTimerKey&, To&&, When&&, X&&...) = delete;  // see Mistake
template <class When, class... X,
          class Mistake = detail::TimeMistake<
              detail::a_moving_timer_takes_an_Instant_add_the_Duration_to_now, Core&, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void timer_max(MaxTimerKey&, Core&, When&&, X&&...) = delete;  // see Mistake
template <auto M, class K, class... X,
          class Mistake = detail::timer_max_takes_its_MaxTimerKey_first>
  requires(!std::is_same_v<K, MaxTimerKey&>)
void timer_max(K&&, X&&...) = delete;  // see Mistake
template <class K, class To, class... X,
          class Mistake = detail::timer_max_takes_its_MaxTimerKey_first>
  requires(!std::is_same_v<K, MaxTimerKey&> && (detail::a_place<K> || detail::a_place<To>))
void timer_max(K&&, To&&, X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void timer_max(MaxTimerKey&, X&&...) = delete;  // see Mistake
template <auto M, class To, class When, class... X,
          class Mistake = detail::TimeMistake<
              detail::a_moving_timer_takes_an_Instant_add_the_Duration_to_now, To, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void timer_min(MinTimerKey&, To&&, When&&, X&&...) = delete;  // see Mistake
template <class When, class... X,
          class Mistake = detail::TimeMistake<
              detail::a_moving_timer_takes_an_Instant_add_the_Duration_to_now, Core&, When>>
  requires(!std::is_convertible_v<When, AnyInstant>)
void timer_min(MinTimerKey&, Core&, When&&, X&&...) = delete;  // see Mistake
template <auto M, class K, class... X,
          class Mistake = detail::timer_min_takes_its_MinTimerKey_first>
  requires(!std::is_same_v<K, MinTimerKey&>)
void timer_min(K&&, X&&...) = delete;  // see Mistake
template <class K, class To, class... X,
          class Mistake = detail::timer_min_takes_its_MinTimerKey_first>
  requires(!std::is_same_v<K, MinTimerKey&> && (detail::a_place<K> || detail::a_place<To>))
void timer_min(K&&, To&&, X&&...) = delete;  // see Mistake
template <
    class... X,
    class Mistake = detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
  requires detail::names_a_method_behind<X...>
void timer_min(MinTimerKey&, X&&...) = delete;  // see Mistake
template <class Key, class When,
          class Mistake = detail::a_moving_timer_takes_an_Instant_add_the_Duration_to_now>
  requires detail::a_wait<When>
bool timer_update(Core&, Key, When&&) = delete;  // see Mistake

}  // namespace troupe
