// task/start_task.hpp: which coroutines become tasks, and how one is started. (internal)
#pragma once
#include <troupe/core/ret_do.hpp>
#include <troupe/task/reply.hpp>

namespace troupe::detail {

template <class X> inline constexpr bool is_ret = false;
template <class... T> inline constexpr bool is_ret<Ret<T...>> = true;
template <> inline constexpr bool is_ret<RetNop> = true;
template <> inline constexpr bool is_ret<RetPanic> = true;
template <> inline constexpr bool is_ret<RetFail> = true;
template <> inline constexpr bool is_ret<Refused> = true;

struct CurrentScope {  // so that frames come from this runtime's pool
  explicit CurrentScope(Core& c) noexcept : before(Kernel::current) {
    Kernel* kernel = &kernel_of(c);
    Kernel::current = kernel;
    if (!Kernel::current) __builtin_unreachable();  // so that making a frame need not look
  }
  ~CurrentScope() { Kernel::current = before; }
  CurrentScope(const CurrentScope&) = delete;
  Kernel* before;
};

template <class T>
TaskRef spawned_for_nobody(Core& core, Task<T>&& task,
                           typename ret_of<T>::type ret) {  // its actor ends, or the runtime
  const CurrentScope here(core);
  const ActorFail why(Why::lost);
  const DropScope scope(why);
  { const Task<T> dies_here = std::move(task); }
  if (!ret.take_nop()) ret.fail(why);
  return {};
}
template <class T>
TROUPE_INLINE TaskRef start_task(Core& core, TaskPromise<T>* p, typename ret_of<T>::type&& ret,
                                 bool at_once) {
  if (!p)
    panic("a Task was spawned that had been awaited, spawned or moved before", type_name<Task<T>>);
  Core& home = p->box ? p->box->core() : core;  // its actor's, which may be of another runtime
  if ((p->box && p->box->has_ended()) || kernel_of(home).is_ending()) [[unlikely]]
    return spawned_for_nobody(core, Task<T>(p), std::move(ret));
  using R = typename ret_of<T>::type;
  if (ret.take_nop())
    ::new (static_cast<void*>(std::addressof(p->ret))) R(nullptr);
  else
    ::new (static_cast<void*>(std::addressof(p->ret))) R(std::move(ret));
  p->start(home);
  if (!at_once) {
    p->begin();
    if (ret) __builtin_unreachable();  // so that its destructor need not look
    return TaskRef(FrameRef::of_new(p->head()));
  }
  TaskRef ref(FrameRef::of_new(p->head()));
  p->step();
  return ref;
}

template <class T>
TROUPE_INLINE TaskRef start_task(Core& core, Task<T>&& task, typename ret_of<T>::type&& ret,
                                 bool at_once) {
  return detail::start_task<T>(core, task.release(), std::move(ret), at_once);
}

template <class Context>
concept spawn_context = std::is_convertible_v<Context&, Core&>;
template <class Context> Core& core_behind(Context& context) noexcept { return context; }
// How fn is to be called: with the context first where it takes a Core& or the Cx.
template <class Fn, class Context, class... Args>
decltype(auto) invoke_coroutine(Context& context, Fn& fn, Args&&... args) {
  if constexpr (std::is_invocable_v<Fn&, Context&, Args...>)
    return fn(context, std::forward<Args>(args)...);
  else if constexpr (std::is_invocable_v<Fn&, Core&, Args...>)
    return fn(core_behind(context), std::forward<Args>(args)...);
  else
    return fn(std::forward<Args>(args)...);
}
template <class Fn, class Context, class... Args>
TROUPE_INLINE auto make_task(Core& core, Context& context, Fn& fn, Args&&... args) {
  const CurrentScope here(core);
  return detail::invoke_coroutine(context, fn, std::forward<Args>(args)...).release();
}
template <class Fn, class Context, class... Args>
concept called_with = std::is_invocable_v<Fn&, Context&, Args...> ||
                      std::is_invocable_v<Fn&, Core&, Args...> || std::is_invocable_v<Fn&, Args...>;
template <class Fn, class Context, class... Args>
concept coroutine_function = !lends<Args...> && called_with<Fn, Context, Args...>;
template <class Fn, class Context, class... Args>
using returned_by = decltype(detail::invoke_coroutine(std::declval<Context&>(), std::declval<Fn&>(),
                                                      std::declval<Args>()...));
template <class Fn, class Context, class... Args>
concept good_coroutine = lambda_captures_nothing<Fn> && coroutine_function<Fn, Context, Args...> &&
                         is_task<returned_by<Fn, Context, Args...>>;
template <class A>
using awaited = std::remove_cvref_t<decltype(detail::resume_result(
    std::declval<std::remove_reference_t<awaiter_of<A>>&>()))>;
// What a coroutine, or an awaitable, gives; and the Rets that take it.
template <class A> struct outcome {
  using type = awaited<A>;
};
template <class T> struct outcome<Task<T>> {
  using type = T;
};
template <class T> struct outcome<StepHere<T>> {
  using type = T;
};
template <class A>
concept gives_what_may_be_kept = is_task<A> || ((own_awaitable<A> || foreign_awaitable<A>) &&
                                                Keepable<typename outcome<A>::type>);
template <class A, class Context>
concept good_awaitable =
    !coroutine_function<A, Context> && (own_awaitable<A> || foreign_awaitable<A>) &&
    bool(storable<A>) && gives_what_may_be_kept<A>;
template <class A>
concept is_borrowing_awaitable = (own_awaitable<A> || foreign_awaitable<A>) && !bool(storable<A>);
template <class A> auto find_borrow_mistake() {
  if constexpr (own_awaitable<A>)
    return this_awaitable_borrows_its_object_await_it_where_it_is_made_or_in_a_Task_that_owns_it{};
  else
    return this_awaiter_holds_a_pointer_or_view_if_that_outlives_the_wait_mark_its_type_storable{};
}

template <class R, class A>
concept hears =
    is_ret<R> && std::is_convertible_v<R, typename ret_of<typename outcome<A>::type>::type>;
template <class Fn, class R, class Context, class... Args>
concept heard_coroutine =
    good_coroutine<Fn, Context, Args...> && hears<R, returned_by<Fn, Context, Args...>>;
template <class A, class R, class Context>
concept heard_awaitable = good_awaitable<A, Context> && hears<R, A>;

template <class Context, class Fn, class... Rest>
inline constexpr bool can_be_spawned = good_coroutine<Fn, Context> || good_awaitable<Fn, Context>;
template <class Context, class Fn, class R, class... Args>
inline constexpr bool can_be_spawned<Context, Fn, R, Args...> =
    heard_coroutine<Fn, R, Context, Args...> ||
    (sizeof...(Args) == 0 && heard_awaitable<Fn, R, Context>);
template <class Context, class Fn, class... Rest>
concept spawnable = can_be_spawned<Context, Fn, Rest...>;

template <class S>
concept is_read_by_next =
    requires(S& s) { s.next().await_resume(); } || requires(S& s) { s.next().reply(); };
template <class S> inline constexpr bool is_step = false;
template <class T> inline constexpr bool is_step<Step<T>> = true;
template <class Fn> inline constexpr bool is_callable = function_pointer<Fn>;
template <class Fn>
  requires std::is_class_v<Fn>
inline constexpr bool is_callable<Fn> = callable_class<Fn>;
// Which argument it is, of a function that is not overloaded: P is what it takes behind its Core or
// Cx, X what it is given.
template <class P>
concept a_context =
    std::is_lvalue_reference_v<P> && (std::is_same_v<std::remove_reference_t<P>, Core> ||
                                      std::is_base_of_v<CxBase, std::remove_reference_t<P>>);
template <class P, class X>
concept takes_a_literal = std::is_same_v<P, Literal> && std::is_convertible_v<X, const char*>;
template <class... X, class... P> auto find_argument_mistake(Types<P...>) {
  if constexpr ((a_context<P> || ...))
    return a_Core_or_Cx_comes_first_in_a_coroutine_and_is_passed_by_what_spawns_it{};
  else if constexpr (sizeof...(P) != sizeof...(X))
    return the_coroutine_takes_another_number_of_arguments{};
  else if constexpr ((takes_a_literal<P, X> || ...))
    return a_string_literal_is_wrapped_at_the_call_write_Literal_around_it{};
  else
    return the_coroutine_does_not_take_these_arguments{};
}
template <class Context, class Taken, class... X> struct find_taken_mistake {
  using type = the_coroutine_does_not_take_these_arguments;
};
template <class Context, class... P, class... X>
struct find_taken_mistake<Context, Types<P...>, X...> {
  using type = decltype(find_argument_mistake<X...>(Types<P...>{}));
};
template <class Context, class First, class... P, class... X>
  requires a_context<First>
struct find_taken_mistake<Context, Types<First, P...>, X...> {
  static auto find() {
    if constexpr (std::is_convertible_v<Context&, First> || std::is_same_v<First, Core&>)
      return find_argument_mistake<X...>(Types<P...>{});
    else
      return a_coroutine_that_takes_a_Cx_is_spawned_with_that_Cx_or_called_as_a_method{};
  }
  using type = decltype(find());
};
template <class Fn, class R, class Context, class... Args> auto find_coroutine_mistake() {
  if constexpr (hides_a_callable<Fn>)
    return a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it{};
  else if constexpr (!lambda_captures_nothing<Fn>)
    return (void)sizeof(IsRefused<Fn>),
           a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments{};
  else if constexpr (lends<R>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (lacks_ret_do<Ret<>, R>)
    return wrap_the_function_in_ret_do_or_ret_some_do{};
  else if constexpr (!is_ret<R>)
    return behind_the_function_comes_a_Ret_of_its_result_or_ret_nop_then_its_arguments{};
  else if constexpr (lends<Args...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (!coroutine_function<Fn, Context, Args...>)
    return typename find_taken_mistake<Context, typename FunctionTypes<Fn>::type, Args...>::type{};
  else if constexpr (is_task<returned_by<Fn, Context, Args...>>)
    return the_Ret_must_take_what_the_coroutine_returns{};
  else if constexpr (is_read_by_next<returned_by<Fn, Context, Args...>>)
    return a_stream_is_begun_with_spawn_stream_and_a_Fwd_for_its_items{};
  else
    return the_function_must_return_a_Task{};
}
template <class Context, class Fn, class R = RetNop, class... Args> auto find_spawn_mistake() {
  if constexpr (is_step<Fn>)
    return a_Step_is_awaited_where_it_is_made_only_a_Task_can_be_handed_on{};
  else if constexpr (std::is_member_pointer_v<Fn>)
    return a_method_is_called_or_asked_as_in_ask_of_A_f_and_not_spawned{};
  else if constexpr (wants_an_executor<Fn>)
    return this_awaitable_wants_the_executor_of_its_own_library_run_it_there_and_await_its_answer{};
  else if constexpr (is_callable<Fn>)
    return find_coroutine_mistake<Fn, R, Context, Args...>();
  else if constexpr (is_borrowing_awaitable<Fn>)
    return find_borrow_mistake<Fn>();
  else if constexpr ((own_awaitable<Fn> || foreign_awaitable<Fn>) && !gives_what_may_be_kept<Fn>)
    return find_kept_mistake<typename outcome<Fn>::type>();
  else if constexpr (is_read_by_next<Fn>)
    return a_stream_is_begun_with_spawn_stream_and_a_Fwd_for_its_items{};
  else if constexpr (good_awaitable<Fn, Context>)
    return the_Ret_must_take_what_the_coroutine_returns{};
  else
    return this_is_neither_a_coroutine_function_nor_awaitable{};
}
template <class... A> using FoundSpawnMistake = decltype(find_spawn_mistake<A...>());
template <class Context, class Fn, class... Rest>
using SpawnMistake =
    MistakeUnless<spawnable<Context, Fn, Rest...>, FoundSpawnMistake, Context, Fn, Rest...>;
template <class A> Task<awaited<A>> as_task(A awaitable) {
  if constexpr (std::is_void_v<awaited<A>>)
    co_await std::move(awaitable);
  else
    co_return co_await std::move(awaitable);
}

}  // namespace troupe::detail
