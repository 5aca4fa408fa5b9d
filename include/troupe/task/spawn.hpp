// task/spawn.hpp: making a coroutine a task of its own.
#pragma once
#include <troupe/core/ret_do.hpp>
#include <troupe/task/reply.hpp>

namespace troupe {

namespace detail {
template <class T> inline constexpr bool is_task = false;
template <class T> inline constexpr bool is_task<Task<T>> = true;
template <class X> inline constexpr bool is_ret = false;
template <class... T> inline constexpr bool is_ret<Ret<T...>> = true;
template <> inline constexpr bool is_ret<RetNop> = true;
template <> inline constexpr bool is_ret<RetPanic> = true;
template <> inline constexpr bool is_ret<RetFail> = true;
template <> inline constexpr bool is_ret<Refused> = true;

struct CurrentScope {  // so that frames come from this runtime's pool
  explicit CurrentScope(Core& c) noexcept : before(std::exchange(Kernel::current, &kernel_of(c))) {}
  ~CurrentScope() { Kernel::current = before; }
  CurrentScope(const CurrentScope&) = delete;
  Kernel* before;
};

template <class T>
TaskRef spawned_for_nobody(Task<T>&& task, typename ret_of<T>::type&& ret) {  // its actor ends, or the runtime
  const ActorFail why(Why::lost);
  const DropScope scope(why);
  { const Task<T> dies_here = std::move(task); }
  if (!ret.take_nop()) ret.fail(why);
  return {};
}
template <class T>
TROUPE_INLINE TaskRef start_task(Core& core, Task<T>&& task, typename ret_of<T>::type&& ret, bool at_once) {
  TaskPromise<T>* p = task.release();
  if (!p) panic("a Task was spawned that had been awaited, spawned or moved before", type_name<Task<T>>);
  Core& home = p->box ? p->box->core() : core;  // its actor's, which may be of another runtime
  if ((p->box && p->box->has_ended()) || kernel_of(home).is_ending()) [[unlikely]]
    return spawned_for_nobody(Task<T>(p), std::move(ret));
  if (!ret.take_nop()) p->ret = std::move(ret);
  p->start(home);
  if (!at_once) {
    p->wake();
    return TaskRef(p->head());
  }
  TaskRef ref(p->head());
  p->step();
  return ref;
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
concept called_with = std::is_invocable_v<Fn&, Context&, Args...> || std::is_invocable_v<Fn&, Core&, Args...> ||
                      std::is_invocable_v<Fn&, Args...>;
template <class Fn, class Context, class... Args>
concept coroutine_function = !lends<Args...> && called_with<Fn, Context, Args...>;
template <class Fn, class Context, class... Args>
using returned_by =
    decltype(detail::invoke_coroutine(std::declval<Context&>(), std::declval<Fn&>(), std::declval<Args>()...));
template <class Fn, class Context, class... Args>
concept good_coroutine = lambda_captures_nothing<Fn> && coroutine_function<Fn, Context, Args...> &&
                         is_task<returned_by<Fn, Context, Args...>>;
template <class A>
using awaited =
    std::remove_cvref_t<decltype(detail::resume_result(std::declval<std::remove_reference_t<awaiter_of<A>>&>()))>;
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
concept gives_what_may_be_kept =
    is_task<A> || ((own_awaitable<A> || foreign_awaitable<A>) && Keepable<typename outcome<A>::type>);
template <class A, class Context>
concept good_awaitable = !coroutine_function<A, Context> && (own_awaitable<A> || foreign_awaitable<A>) &&
                         bool(storable<A>) && gives_what_may_be_kept<A>;
template <class A>
concept is_borrowing_awaitable = (own_awaitable<A> || foreign_awaitable<A>) && !bool(storable<A>);
template <class A> auto find_borrow_mistake() {
  if constexpr (own_awaitable<A>)
    return an_awaitable_that_borrows_its_object_is_awaited_where_it_is_made_spawn_a_Task_that_owns_the_object{};
  else
    return this_awaiter_holds_a_pointer_or_view_if_that_outlives_the_wait_say_storable_of_its_type_is_true{};
}

template <class R, class A>
concept hears = is_ret<R> && std::is_convertible_v<R, typename ret_of<typename outcome<A>::type>::type>;
template <class Fn, class R, class Context, class... Args>
concept heard_coroutine = good_coroutine<Fn, Context, Args...> && hears<R, returned_by<Fn, Context, Args...>>;
template <class A, class R, class Context>
concept heard_awaitable = good_awaitable<A, Context> && hears<R, A>;

template <class Context, class Fn, class... Rest>
inline constexpr bool can_be_spawned = good_coroutine<Fn, Context> || good_awaitable<Fn, Context>;
template <class Context, class Fn, class R, class... Args>
inline constexpr bool can_be_spawned<Context, Fn, R, Args...> =
    heard_coroutine<Fn, R, Context, Args...> || (sizeof...(Args) == 0 && heard_awaitable<Fn, R, Context>);
template <class Context, class Fn, class... Rest>
concept spawnable = can_be_spawned<Context, Fn, Rest...>;

template <class S>
concept is_read_by_next = requires(S& s) { s.next().await_resume(); } || requires(S& s) { s.next().reply(); };
template <class S> inline constexpr bool is_step = false;
template <class T> inline constexpr bool is_step<Step<T>> = true;
template <class Fn> inline constexpr bool is_callable = function_pointer<Fn>;
template <class Fn>
  requires std::is_class_v<Fn>
inline constexpr bool is_callable<Fn> = callable_class<Fn>;
template <class Fn, class R, class Context, class... Args> auto find_coroutine_mistake() {
  if constexpr (hides_a_callable<Fn>)
    return a_std_function_hides_what_it_captured_give_a_lambda_and_bind_values_behind_it{};
  else if constexpr (!lambda_captures_nothing<Fn>)
    return (void)sizeof(IsRefused<Fn>), a_coroutine_lambda_must_not_capture_pass_what_it_needs_as_arguments{};
  else if constexpr (lends<R>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (lacks_ret_do<Ret<>, R>)
    return wrap_the_function_in_ret_do_or_ret_some_do{};
  else if constexpr (!is_ret<R>)
    return behind_the_function_comes_a_Ret_of_its_result_or_ret_nop_then_its_arguments{};
  else if constexpr (lends<Args...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (!coroutine_function<Fn, Context, Args...>)
    return the_coroutine_does_not_take_these_arguments{};
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
using SpawnMistake = MistakeUnless<spawnable<Context, Fn, Rest...>, FoundSpawnMistake, Context, Fn, Rest...>;
template <class A> Task<awaited<A>> as_task(A awaitable) {
  if constexpr (std::is_void_v<awaited<A>>)
    co_await std::move(awaitable);
  else
    co_return co_await std::move(awaitable);
}
}  // namespace detail

/// Starts a task: `spawn(rt, fn, ret, args...)` calls the coroutine function `fn(core, args...)` or `fn(args...)`.
/// Its first step is queued, never run here; each later one is an item of the queue too. When it ends, its frame is
/// destroyed, then `ret` is answered; when it is dropped or throws, `ret` hears why.
/// The parameters of the coroutine decide who owns the task: one that takes a `Cx<A>&` belongs to that actor and ends
/// with it; all others belong to the runtime. `context` only says which runtime: a task that is spawned with a `Cx` and
/// does not take it outlives the actor.
/// @param context a `Runtime`, `Core` or `Cx`
/// @param fn a function or captureless lambda that returns a Task; the frame owns its arguments
/// @param ret gets what the task returns; `ret_nop` if nobody wants it
/// @returns a ref, by which the task can be cancelled; it need not be kept
/// @throws std::bad_alloc when there is no memory for the frame
/// Cost: one pooled frame and no other allocation.
template <class Context, class Fn, class R, class... Args>
  requires detail::spawn_context<Context> && detail::heard_coroutine<Fn, R, Context, Args...>
TaskRef spawn(Context& context, Fn fn, R ret, Args... args) {
  Core& core = detail::core_behind(context);
  detail::CurrentScope scope(core);
  auto task = detail::invoke_coroutine(context, fn, std::move(args)...);
  using T = typename decltype(task)::value_type;
  return detail::start_task<T>(core, std::move(task), std::move(ret), false);
}
/// Starts a coroutine function without arguments whose result nobody awaits.
template <class Context, class Fn>
  requires detail::spawn_context<Context> && detail::good_coroutine<Fn, Context>
TaskRef spawn(Context& context, Fn fn) {
  return spawn(context, std::move(fn), ret_nop);
}
/// Starts a Task, or any awaitable that holds no reference or pointer to something else; Troupe's or another library's.
template <class Context, class A, class R>
  requires detail::spawn_context<Context> && detail::heard_awaitable<A, R, Context>
TaskRef spawn(Context& context, A awaitable, R ret) {
  Core& core = detail::core_behind(context);
  detail::CurrentScope scope(core);
  if constexpr (detail::is_task<A>) {
    return detail::start_task<typename A::value_type>(core, std::move(awaitable), std::move(ret), false);
  } else {
    using T = detail::awaited<A>;
    return detail::start_task<T>(core, detail::as_task(std::move(awaitable)), std::move(ret), false);
  }
}
/// Starts a Task, or any awaitable that holds no reference or pointer to something else, where nobody wants the result.
template <class Context, class A>
  requires detail::spawn_context<Context> && detail::good_awaitable<A, Context>
TaskRef spawn(Context& context, A awaitable) {
  return spawn(context, std::move(awaitable), ret_nop);
}
// clang-format off
template <class Context, class Fn, class... Rest, class Mistake = detail::SpawnMistake<Context, Fn, Rest...>> requires(detail::spawn_context<Context> && !detail::spawnable<Context, Fn, Rest...>)
TaskRef spawn(Context&, Fn, Rest...) = delete;  // see Mistake
template <class = void>
TaskRef spawn(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;  // the first argument is a Runtime, a Core or a Cx
// clang-format on

namespace detail {
// A handler that is a coroutine: its first step runs in the call's own turn; that of another actor's task does not.
template <class T> bool starts_in_turn_of(const Box& actor, const Task<T>& task) noexcept {
  const TaskPromise<T>* p = task.promise();
  return p && (!p->box || p->box == &actor);
}
template <class T> struct HandlerResult<Task<T>> {
  static void take(Box& actor, Task<T>&& task) {
    start_task<T>(actor.core(), std::move(task), ret_nop, starts_in_turn_of(actor, task));
  }
};

template <class T> struct SpawnStart {  // awaiting a task as one of its own
  static constexpr const char* what = "another task";
  Task<T> task;
  TaskRef operator()(Core& core, typename ret_of<T>::type ret) {
    return start_task<T>(core, std::move(task), std::move(ret), false);
  }
};
template <class T> auto pull_task(Task<T>&& task) {
  if constexpr (std::is_void_v<T>)
    return Pull<SpawnStart<T>>(SpawnStart<T>{std::move(task)});
  else
    return Pull<SpawnStart<T>, T>(SpawnStart<T>{std::move(task)});
}

// Within the awaiting task, unless it belongs to another actor: then it is a task of its own.
template <class T> class TaskAwait {
 public:
  TaskAwait(Task<T>&& task, Strand* s) : task_(std::move(task)), strand_(s) {
    if (!task_.promise())
      panic("a Task was awaited that had been awaited, spawned or moved before", type_name<Task<T>>);
  }
  TaskAwait(const TaskAwait&) = delete;
  ~TaskAwait() {
    if (node_) node_->waiter = {};
    child_.cancel();
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return false; }
  void await_suspend(std::coroutine_handle<>) {
    if (strand_->is_cut()) return;
    TaskPromise<T>& p = *task_.promise();
    if (!p.box || p.box == strand_->box) return enter_child(*strand_, p, task_.holder());
    if (strand_->is.dropped) return;
    strand_->awaits = &child_info;
    strand_->awaiter = this;
    node_ = Node(*strand_->core);
    node_->waiter = Wake(*strand_, true);
    child_ = start_task<T>(*strand_->core, std::move(task_), node_.ret(), false);
    if (strand_->is.stopping) child_.request_stop();
    strand_->suspended();
  }
  T await_resume() {
    if (!node_) return task_.promise()->take();
    child_ = {};
    return detail::take_reply<Mode::value>(*node_.operator->());
  }

 private:
  using Node = std::conditional_t<std::is_void_v<T>, NodeRef<>, NodeRef<std::conditional_t<std::is_void_v<T>, int, T>>>;
  Task<T> task_;
  Strand* strand_;
  Node node_;
  TaskRef child_;
  static constexpr AwaitInfo child_info{
      "a task of another actor",
      {},
      [](const void* a) noexcept { return static_cast<const TaskAwait*>(a)->node_->state == NodeBase::open; },
      [](const void* a) noexcept { static_cast<const TaskAwait*>(a)->child_.request_stop(); },
      [](const void* a, Look look, int depth) noexcept {
        return static_cast<const TaskAwait*>(a)->child_.turns_ahead(look, depth + 1);
      }};
};
}  // namespace detail

template <class T> auto Task<T>::reply() && { return detail::pull_task(std::move(*this)).reply(); }
template <class T> auto Task<T>::value() && { return detail::pull_task(std::move(*this)).value(); }
template <class T> auto Task<T>::operator co_await() && {
  return detail::pull_task(std::move(*this)).operator co_await();
}

namespace detail {
template <class A>
concept has_value = is_task<A> || own_awaitable<A> || foreign_awaitable<A>;
template <class A>
concept has_reply = has_value<A> || requires(A&& x) { std::forward<A>(x).reply(); };
}  // namespace detail
// clang-format off
template <class A, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::awaitable_dies_twice<A>
detail::Refused reply_of(A&&) = delete;  // see Mistake
template <class A, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::awaitable_dies_twice<A>
detail::Refused value_of(A&&) = delete;  // see Mistake
// clang-format on
template <class A>
  requires(!detail::has_reply<A> && !detail::awaitable_dies_twice<A>)
detail::Refused reply_of(A&&) = delete;  // nothing to await: hand a Task on with std::move(task), call its function
template <class A>
  requires(!detail::has_value<A> && !detail::awaitable_dies_twice<A>)
detail::Refused value_of(A&&) = delete;  // nothing to await: hand a Task on with std::move(task), call its function

}  // namespace troupe
