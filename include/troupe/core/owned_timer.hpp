// core/owned_timer.hpp: a timer that ends with what it is for.
//
// A key owns nothing, so whoever ends before its timer has to delete that. An owned timer does so
// itself: as a member of an actor's state it ends with the actor, as a local variable of a task
// with the task.
#pragma once
#include <troupe/core/timer.hpp>

namespace troupe {

/// Owns at most one timer, of the kind that `Key` names, and deletes it when it is itself
/// destroyed, assigned over, or told to (`cancel`). Use it as `FixedTimer`, `MaxTimer` or
/// `MinTimer`. What a timer has queued when it came due is a call like any other: it comes, though
/// the owned timer goes meanwhile. Movable, 16 bytes; belongs to the thread of its runtime; may
/// outlive the runtime, and is empty then.
/// @tparam Key `FixedTimerKey`, `MaxTimerKey` or `MinTimerKey`
template <class Key> class OwnedTimer {
 public:
  using troupe_of_one_runtime = void;
  /// Empty.
  OwnedTimer() noexcept = default;
  OwnedTimer(OwnedTimer&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), key_(other.key_) {}
  OwnedTimer& operator=(OwnedTimer other) noexcept {
    std::swap(core_, other.core_);
    std::swap(key_, other.key_);
    return *this;
  }
  ~OwnedTimer() { cancel(); }
  using troupe_relocatable = void;

  /// Calls `M` on the target at an instant; never before it, and never in the present turn. A
  /// `FixedTimer` deletes the timer that it had and makes a new one. Of a `MaxTimer` or `MinTimer`
  /// that is still to come only the time changes: a max timer moves to `when` if that is later, a
  /// min timer if that is earlier. The actor, the method and the arguments stay those of the first
  /// call; the ones that are given now are not used, and temporaries among them are destroyed. To
  /// change them, cancel() first. A target of another runtime than before gets a new timer in every
  /// case. When the runtime is ending, `args` are destroyed, and this object is empty. Cost: as
  /// `at`, `timer_max` and `timer_min`.
  /// @throws std::bad_alloc when there is no memory for the timer; the former one goes on
  template <auto M, class To, class... X>
    requires detail::good_call<To, M, X...>
  void at(To&& to, AnyInstant when, X&&... args) {  // overloaded: at<with<int>(&A::m)>
    set(detail::core_of(to), when,
        [&] { return detail::timer_call<M>(to, std::forward<X>(args)...); });
  }
  /// Does what `at` does, `wait` after the present instant of the target's runtime: a max or min
  /// timer that is still to come keeps its actor, method and arguments.
  /// @param wait 0 or less means the next run whose instant is greater than the present one
  /// @throws std::bad_alloc when there is no memory for the timer; the former one goes on
  template <auto M, class To, class... X>
    requires detail::good_call<To, M, X...>
  void after(To&& to, AnyDuration wait, X&&... args) {  // overloaded: after<with<int>(&A::m)>
    at<M>(to, detail::later(detail::core_of(to).now(), wait), std::forward<X>(args)...);
  }
  /// Runs `fn(core, bound...)` or `fn(bound...)` at an instant; in all else it does what `at` does
  /// for a target. A max or min timer that is still to come keeps the function and the bound values
  /// of the first call.
  /// @throws std::bad_alloc when there is no memory for the timer; the former one goes on
  template <class F, class... B>
    requires detail::good_function<F, B...>
  void at(Core& core, AnyInstant when, F fn, B... bound) {
    set(core, when, [&] { return detail::deferred(std::move(fn), std::move(bound)...); });
  }
  /// Runs `fn(core, bound...)` or `fn(bound...)` after `wait`, as `at` does.
  /// @throws std::bad_alloc when there is no memory for the timer; the former one goes on
  template <class F, class... B>
    requires detail::good_function<F, B...>
  void after(Core& core, AnyDuration wait, F fn, B... bound) {
    at(core, detail::later(core.now(), wait), std::move(fn), std::move(bound)...);
  }

  /// Deletes the timer and destroys the call that it holds: Rets among the arguments hear
  /// `dropped`, before this returns.
  /// @returns whether the timer was still to come
  bool cancel() noexcept {
    Core* core = std::exchange(core_, nullptr);
    if (!core) return false;
    const bool was_active = detail::kernel_here(*core).timers.erase(key_);
    detail::kernel_of(*core).release();
    return was_active;
  }
  /// Whether the timer is still to come.
  bool is_active() const noexcept {
    return core_ && detail::kernel_here(*core_).timers.is_active(key_);
  }

  template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
            class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
    requires(!detail::good_call<To, M, X...>)
  void at(To&&, AnyInstant, X&&...) = delete;  // see Mistake
  template <auto M, class To, class... X, class Mistake = detail::CallMistake<To, M, X...>,
            class Argument = typename detail::Which<Mistake>::template argument<M, X...>>
    requires(!detail::good_call<To, M, X...>)
  void after(To&&, AnyDuration, X&&...) = delete;  // see Mistake
  template <class F, class... B,
            class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
  void at(Core&, AnyInstant, F&&, B&&...) = delete;  // see Mistake
  template <class F, class... B,
            class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
  void after(Core&, AnyDuration, F&&, B&&...) = delete;  // see Mistake
  template <auto M, class To, class When, class... X,
            class Mistake =
                detail::TimeMistake<detail::at_takes_an_Instant_for_a_Duration_use_after, To, When>>
    requires(!std::is_convertible_v<When, AnyInstant>)
  void at(To&&, When&&, X&&...) = delete;  // see Mistake
  template <auto M, class To, class Mistake = detail::behind_the_actor_or_Core_comes_the_time>
    requires detail::a_place<To>
  void at(To&&) = delete;  // see Mistake
  template <class When, class... X,
            class Mistake = detail::TimeMistake<
                detail::at_takes_an_Instant_for_a_Duration_use_after, Core&, When>>
    requires(!std::is_convertible_v<When, AnyInstant>)
  void at(Core&, When&&, X&&...) = delete;  // see Mistake
  template <class When, class To, class... X, class Mistake = detail::the_actor_or_Core_comes_first>
    requires detail::stands_before<When, To>
  void at(When&&, To&&, X&&...) = delete;  // see Mistake
  template <class... X,
            class Mistake =
                detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
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
            class Mistake = detail::TimeMistake<
                detail::after_takes_a_Duration_for_an_Instant_use_at, Core&, When>>
    requires(!std::is_convertible_v<When, AnyDuration>)
  void after(Core&, When&&, X&&...) = delete;  // see Mistake
  template <class When, class To, class... X, class Mistake = detail::the_actor_or_Core_comes_first>
    requires detail::stands_before<When, To>
  void after(When&&, To&&, X&&...) = delete;  // see Mistake
  template <class... X,
            class Mistake =
                detail::a_method_is_named_in_angle_brackets_before_the_actor_as_in_call_of_A_f>
    requires detail::names_a_method_behind<X...>
  void after(X&&...) = delete;  // see Mistake

 private:
  template <class Make> void set(Core& core, Instant when, Make&& make) {
    TimerQueue& timers = detail::kernel_here(core).timers;
    if constexpr (std::is_same_v<Key, MaxTimerKey>) {
      if (core_ == std::addressof(core) && timers.update_max(key_, when)) return;
    } else if constexpr (std::is_same_v<Key, MinTimerKey>) {
      if (core_ == std::addressof(core) && timers.update_min(key_, when, core.now())) return;
    }
    OwnedTimer made;
    if constexpr (std::is_same_v<Key, MaxTimerKey>)
      made.key_ = detail::add_max(core, when, make());
    else if constexpr (std::is_same_v<Key, MinTimerKey>)
      made.key_ = detail::add_min(core, when, make());
    else
      made.key_ = detail::add_fixed(core, when, make());
    made.core_ = std::addressof(core);
    detail::kernel_of(core).retain();
    *this = std::move(made);
  }
  Core* core_ = nullptr;  // kept in memory, while it is not null
  Key key_;
};

/// A timer at a fixed instant; setting it again takes it to another.
using FixedTimer = OwnedTimer<FixedTimerKey>;
/// A timer that is often pushed to later, as an inactivity limit is: that costs one memory write.
using MaxTimer = OwnedTimer<MaxTimerKey>;
/// A timer that is often pulled to earlier, as the next of many deadlines is.
using MinTimer = OwnedTimer<MinTimerKey>;
static_assert(sizeof(FixedTimer) == 16);

}  // namespace troupe
