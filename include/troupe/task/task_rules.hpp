// task/task_rules.hpp: which coroutines may be a Task or a Step: what they take and what they give.
// (internal)
//
// What is refused gets a promise without get_return_object, so that the compiler names the
// coroutine first.
#pragma once
#include <troupe/base/storable.hpp>
#include <troupe/task/promise.hpp>

namespace troupe {

template <class T> class Task;
template <class T> class Step;

namespace detail {
template <class P> inline constexpr bool is_context = false;
template <class A> inline constexpr bool is_context<Cx<A>&> = true;
template <> inline constexpr bool is_context<Core&> = true;
template <class P>
concept owned_parameter =
    is_context<P> ||
    (!std::is_reference_v<P> && (bool(storable<std::remove_cv_t<P>>) ||
                                 !std::is_move_constructible_v<P>));  // which C++ refuses

// The promise of a coroutine that is refused: by a deleted function, so that the compiler names the
// coroutine first. `Words` say why.
template <class Base, class Coroutine, class Words> struct RefusedPromise : Base {
  template <class Mistake = Words> Coroutine get_return_object() = delete;  // see Mistake
};
template <class T>
using BorrowingPromise =
    RefusedPromise<TaskPromise<T>, Task<T>,
                   a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step>;
template <class T>
using CapturingPromise =
    RefusedPromise<TaskPromise<T>, Task<T>,
                   a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments>;
template <class T> struct MemberPromise : TaskPromise<T> {
  template <class Mistake = a_Task_must_own_its_parameters_take_them_by_value_or_return_a_Step,
            class Member = a_member_coroutine_takes_the_Cx_of_its_actor_first_or_returns_a_Step>
  Task<T> get_return_object() = delete;  // see Mistake
};
template <class T>
using ThrowingPromise =
    RefusedPromise<TaskPromise<T>, Task<T>,
                   a_parameter_has_a_throwing_destructor_take_a_std_unique_ptr_to_it>;
template <class T>
struct AnyResult : Promise<int> {  // says nothing of its own: what is refused is named once
  AnyResult() noexcept : Promise<int>(std::source_location()) {}
  template <class U = T> void return_value(U&&) noexcept {}
};
template <class T>
using BorrowedResult = RefusedPromise<AnyResult<T>, Task<T>,
                                      a_result_outlives_its_turn_give_one_that_owns_what_it_needs>;
template <class T>
using AlignedResult =
    RefusedPromise<AnyResult<T>, Task<T>,
                   a_result_is_aligned_to_more_than_16_bytes_give_a_std_unique_ptr_to_it>;
template <class T>
using ThrowingResult =
    RefusedPromise<AnyResult<T>, Task<T>,
                   a_result_has_a_throwing_destructor_give_a_std_unique_ptr_to_it>;
template <class T>
using AlignedParameter =
    RefusedPromise<TaskPromise<T>, Task<T>,
                   a_parameter_is_aligned_to_more_than_16_bytes_take_a_std_unique_ptr_to_it>;
template <class P>
concept fits_a_frame = std::is_reference_v<P> || aligned_to_at_most_16<P>;
template <class... P>
concept nothrow_parameters = (std::is_nothrow_destructible_v<P> && ...);

template <class Found, class T, class... P> struct checked_promise {
  using type =
      std::conditional_t<!(owned_parameter<P> && ...), BorrowingPromise<T>,
                         std::conditional_t<nothrow_parameters<P...>, Found, ThrowingPromise<T>>>;
};
template <class T, class... P> struct promise_for : checked_promise<TaskPromise<T>, T, P...> {};
// The first parameter is a reference to a class: the object of a lambda or of an actor's method, or
// a plain mistake. A closure type is complete only where its body has been read, so a lambda is
// looked at from within.
template <class T, class O> struct LambdaPromise : TaskPromise<T> {
  using TaskPromise<T>::TaskPromise;
  Task<T> get_return_object(std::source_location here = std::source_location::current()) noexcept {
    static_assert(std::is_empty_v<O> || refused_before<O>,
                  "troupe: a coroutine lambda must not capture: pass what it needs as arguments");
    return TaskPromise<T>::get_return_object(here);
  }
};
template <class O, class = void> inline constexpr bool complete_here = false;
template <class O> inline constexpr bool complete_here<O, std::void_t<decltype(sizeof(O))>> = true;
template <class T, class O, bool OwnCx> auto find_promise() {
  if constexpr (OwnCx)
    return std::type_identity<TaskPromise<T>>{};
  else if constexpr (!complete_here<O>)
    return std::type_identity<LambdaPromise<T, O>>{};
  else if constexpr (std::is_empty_v<O> && callable_class<O>)
    return std::type_identity<TaskPromise<T>>{};
  else if constexpr (callable_class<O>)
    return std::type_identity<CapturingPromise<T>>{};
  else
    return std::type_identity<MemberPromise<T>>{};
}
template <class Object, class...> inline constexpr bool own_cx_follows = false;
template <class O, class... Rest> inline constexpr bool own_cx_follows<O&, Cx<O>&, Rest...> = true;
template <class O, class... Rest>
inline constexpr bool own_cx_follows<const O&, Cx<O>&, Rest...> = true;
template <class O, class... Rest>
inline constexpr bool own_cx_follows<O&, Cx<O>, Rest...> = true;  // not copied
template <class T, class P0, class... P>
  requires(std::is_reference_v<P0> && std::is_class_v<std::remove_cvref_t<P0>> && !is_context<P0>)
struct promise_for<T, P0, P...>
    : checked_promise<typename decltype(find_promise<T, std::remove_cvref_t<P0>,
                                                     own_cx_follows<P0, P...>>())::type,
                      T, P...> {};
template <class T, class... P> struct promise_of_result : promise_for<T, P...> {};
template <class T, class... P>
  requires(!Keepable<T>)
struct promise_of_result<T, P...> {
  using type = std::conditional_t<
      !shows_no_borrow<T>, BorrowedResult<T>,
      std::conditional_t<aligned_to_at_most_16<T>, ThrowingResult<T>, AlignedResult<T>>>;
};
template <class T, class... P>
  requires(Keepable<T> && !(fits_a_frame<P> && ...))
struct promise_of_result<T, P...> {
  using type = AlignedParameter<T>;
};

// A Step may borrow, in what it takes and in what it gives.
template <class T>
using AlignedStepResult =
    RefusedPromise<AnyResult<T>, Step<T>,
                   a_result_is_aligned_to_more_than_16_bytes_give_a_std_unique_ptr_to_it>;
template <class T>
using AlignedStepParameter =
    RefusedPromise<typename Step<T>::promise_type, Step<T>,
                   a_parameter_is_aligned_to_more_than_16_bytes_take_a_reference_to_it>;
template <class T>
using ThrowingStepResult =
    RefusedPromise<AnyResult<T>, Step<T>,
                   a_result_has_a_throwing_destructor_give_a_std_unique_ptr_to_it>;
template <class T>
using ThrowingStepParameter =
    RefusedPromise<typename Step<T>::promise_type, Step<T>,
                   a_parameter_has_a_throwing_destructor_take_a_reference_to_it>;
#if TROUPE_DEBUG
// What a Step borrows must live until it is awaited, which is in the same expression. What lies on
// the stack below the coroutine that awaits it has gone: it was of a function that made the Step
// and has returned.
inline constexpr std::size_t stack_looked_at = 64 * 1024;  // above where the Step is made, bytes
template <class T> struct WatchedStep : Step<T>::promise_type {
  WatchedStep() noexcept = default;
  template <class A, class... Rest> explicit WatchedStep(A& a, Rest&... rest) noexcept {
    look(a), (look(rest), ...);
  }

 private:
  template <class A> void look(A& a) noexcept {
    note(std::addressof(a));  // of a value it is the copy in the frame, which is no stack
    if constexpr (std::is_pointer_v<A> && std::is_object_v<std::remove_pointer_t<A>>)
      note(a);
    else if constexpr (requires { static_cast<const volatile void*>(a.data()); })
      note(a.data());
  }
  void note(const volatile void* object) noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(object);
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (at <= here || at - here > stack_looked_at) return;
    if (!this->lowest_borrow || at < reinterpret_cast<std::uintptr_t>(this->lowest_borrow))
      this->lowest_borrow = const_cast<const void*>(object);
  }
};
#else
template <class T> using WatchedStep = typename Step<T>::promise_type;
#endif
template <class T>
inline constexpr bool fits_as_result = nothrow_destructible<T> && fits_a_frame<T>;
template <> inline constexpr bool fits_as_result<void> = true;
template <class T, class... P> struct promise_of_step {
  using type = std::conditional_t<
      !(fits_a_frame<P> && ...), AlignedStepParameter<T>,
      std::conditional_t<nothrow_parameters<P...>, WatchedStep<T>, ThrowingStepParameter<T>>>;
};
template <class T, class... P>
  requires(!fits_as_result<T>)
struct promise_of_step<T, P...> {
  using type = std::conditional_t<fits_a_frame<T>, ThrowingStepResult<T>, AlignedStepResult<T>>;
};
}  // namespace detail

}  // namespace troupe
