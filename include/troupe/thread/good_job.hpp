// thread/good_job.hpp: which functions a pool runs, and what is wrong with those that it refuses.
// (internal)
#pragma once
#include <troupe/core/good_function.hpp>
#include <troupe/task/start_task.hpp>
#include <troupe/thread/job_stop.hpp>
#include <troupe/thread/pool.hpp>
#include <troupe/thread/sendable.hpp>

namespace troupe::detail {

struct a_job_s_argument_has_a_throwing_destructor_give_a_std_unique_ptr_to_it {};
struct a_job_takes_its_JobStop_first_by_value_or_const_reference {};
struct a_job_is_no_coroutine_it_returns_a_value_when_it_is_done {};
struct the_Ret_must_take_what_the_job_returns {};
struct a_Ret_is_answered_in_its_runtime_write_offload_of_cx_pool_function_ret_arguments {};
struct behind_the_pool_comes_the_function_then_a_Ret_of_its_result_then_its_arguments {};

template <class F, class... B>
concept the_job_takes = std::is_invocable_v<F&, JobStop, B...> || std::is_invocable_v<F&, B...>;
template <class F, class... B> decltype(auto) invoke_job(F& fn, JobStop&& stop, B&&... args) {
  if constexpr (std::is_invocable_v<F&, JobStop, B...>)
    return fn(std::move(stop), std::forward<B>(args)...);
  else
    return fn(std::forward<B>(args)...);
}
template <class F, class... B>
using job_result = std::remove_cvref_t<decltype(detail::invoke_job(
    std::declval<F&>(), std::declval<JobStop>(), std::declval<B>()...))>;

template <class F, class... B>
concept job_function =
    lambda_captures_nothing<F> && no_argument_borrows<B...> && the_job_takes<F, B...>;
// A result may move by what throws: its receiver hears so.
template <class R>
concept comes_back = std::is_void_v<R> || (Keepable<R> && crosses_threads<R>);
template <class F, class... B>
concept good_job = job_function<F, B...> && crosses_threads<F> && (crosses_threads<B> && ...) &&
                   comes_back<job_result<F, B...>>;

template <class Params> inline constexpr bool stop_stands_wrong = false;
template <class First, class... P>
inline constexpr bool stop_stands_wrong<Types<First, P...>> =
    std::is_same_v<First, JobStop&> || (std::is_same_v<std::remove_cvref_t<P>, JobStop> || ...);

template <class F, class... B> auto find_job_mistake() {
  if constexpr ((is_ret<B> || ...)) {
    return a_Ret_is_answered_in_its_runtime_write_offload_of_cx_pool_function_ret_arguments{};
  } else if constexpr ((names_a_runtimes_thing<B> || ...)) {
    return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
  } else if constexpr (!the_job_takes<F, B...> &&
                       stop_stands_wrong<typename FunctionTypes<F>::written>) {
    return a_job_takes_its_JobStop_first_by_value_or_const_reference{};
  } else if constexpr (!nothrow_destructible<F> || !(nothrow_destructible<B> && ...)) {
    return a_job_s_argument_has_a_throwing_destructor_give_a_std_unique_ptr_to_it{};
  } else if constexpr (!job_function<F, B...>) {
    return find_function_mistake<false, the_function_does_not_take_these_bound_arguments, F,
                                 B...>();
  } else if constexpr (!crosses_threads<F> || !(crosses_threads<B> && ...)) {
    return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
  } else {
    using R = job_result<F, B...>;
    if constexpr (is_task<R> || requires { typename R::promise_type; })
      return a_job_is_no_coroutine_it_returns_a_value_when_it_is_done{};
    else if constexpr (!Keepable<R>)
      return find_kept_mistake<R>();
    else if constexpr (!comes_back<R>)
      return it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd{};
    else
      return no_mistake{};
  }
}
template <class F, class... B> using JobMistake = decltype(find_job_mistake<F, B...>());

template <class R, class F, class... B>
concept heard_job = good_job<F, B...> && is_ret<R> &&
                    std::is_convertible_v<R, typename ret_of<job_result<F, B...>>::type>;
template <class F, class R, class... B> auto find_heard_job_mistake() {
  if constexpr (!is_ret<R>)
    return behind_the_pool_comes_the_function_then_a_Ret_of_its_result_then_its_arguments{};
  else if constexpr (!good_job<F, B...>)
    return find_job_mistake<F, B...>();
  else
    return the_Ret_must_take_what_the_job_returns{};
}
template <class F, class R, class... B>
using HeardJobMistake = decltype(find_heard_job_mistake<F, R, B...>());

}  // namespace troupe::detail
