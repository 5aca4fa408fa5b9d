// thread/sendable.hpp: `Sendable`: what may go to another thread.
//
// The rule is that of the queues (base/storable.hpp): a value that owns what it needs. What belongs
// to one runtime is refused as well, wherever it is seen: its counts are plain integers.
#pragma once
#include <troupe/core/mistake.hpp>

namespace troupe {

namespace detail {
template <class T>
concept crosses_threads = owns<T, Crossing>();
}  // namespace detail

/// A value that may be sent to another thread. It is `Storable`, and neither is nor visibly holds
/// anything of a runtime: `Actor`, `ActorOwn`, `Ret`, `Fwd`, `FwdSet`, `Share`, `Bytes`,
/// `Deferrer`, `ActorSlab`, owned timers, tasks, their refs and whatever else is awaited, streams,
/// what tasks wait for and hold (`Event`, `Mutex`, `Semaphore`, `Queue`, `Permit`, `MutexGuard`),
/// stop tokens, `Core`, `Cx`; nor a loan of one, by `unsafe_borrow`. A `Ret` or `Fwd` is sent as
/// what sendable() makes of it. For a class of yours that hides such a thing, say so with `using
/// troupe_of_one_runtime = void;` in it. Compile time only.
template <class T>
concept Sendable = Storable<T> && detail::crosses_threads<T>;

namespace detail {
struct it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd {};
struct the_receiver_of_a_channel_takes_a_std_optional_of_T_and_no_value_is_the_end {};
struct a_Waker_tells_a_function_or_method_that_takes_a_WakerNotice {};
// A thing of a runtime, or what only points to one: nothing lends that to another thread.
template <class T>
concept of_a_runtime = of_one_runtime<T> || requires { typename T::troupe_not_storable; };
template <class X>
concept names_a_runtimes_thing =
    of_a_runtime<std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<X>>>> ||
    of_a_runtime<typename named_by_loan<std::remove_cvref_t<X>>::type>;
template <class Params> inline constexpr bool one_names_a_runtimes_thing = false;
template <template <class...> class C, class... X>
inline constexpr bool one_names_a_runtimes_thing<C<X...>> = (names_a_runtimes_thing<X> || ...);
template <class... T> auto find_sending_mistake() {
  if constexpr ((Sendable<T> && ...))
    return no_mistake{};
  else if constexpr ((Storable<T> && ...) || (names_a_runtimes_thing<T> || ...))
    return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
  else if constexpr ((nothrow_movable<T> && ...))
    return find_kept_mistake<T...>();
  else
    return a_value_that_waits_must_have_a_noexcept_move_constructor_or_give_a_unique_ptr_to_it{};
}
template <class... T> using SendingMistake = decltype(find_sending_mistake<T...>());
}  // namespace detail

}  // namespace troupe
