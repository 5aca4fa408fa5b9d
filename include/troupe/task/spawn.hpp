// task/spawn.hpp: making a coroutine a task of its own.
#pragma once
#include <troupe/task/start_task.hpp>

namespace troupe {

/// Starts a task: `spawn(rt, fn, ret, args...)` calls the coroutine function `fn(core, args...)` or
/// `fn(args...)`. Its first step is queued, never run here; each later one is an item of the queue
/// too. When it ends, its frame is destroyed, then `ret` is answered; when it is dropped or throws,
/// `ret` hears why. The parameters of the coroutine decide who owns the task: one that takes a
/// `Cx<A>&` belongs to that actor and ends with it; all others belong to the runtime. `context`
/// only says which runtime: a task that is spawned with a `Cx` and does not take it outlives the
/// actor.
/// @param context a `Runtime`, `Core` or `Cx`
/// @param fn a function or captureless lambda that returns a Task; the frame owns its arguments
/// @param ret gets what the task returns; `ret_nop` if nobody wants it
/// @returns a ref, by which the task can be cancelled; it need not be kept
/// @throws std::bad_alloc when there is no memory for the frame
///
/// Cost: one pooled frame and no other allocation.
template <class Context, class Fn, class R, class... Args>
  requires detail::spawn_context<Context> && detail::heard_coroutine<Fn, R, Context, Args...>
TaskRef spawn(Context& context, Fn fn, R ret, Args... args) {
  Core& core = detail::core_behind(context);
  using T = typename detail::returned_by<Fn, Context, Args...>::value_type;
  return detail::start_task<T>(core, detail::make_task(core, context, fn, std::move(args)...),
                               std::move(ret), false);
}
/// Starts a coroutine function without arguments whose result nobody awaits.
template <class Context, class Fn>
  requires detail::spawn_context<Context> && detail::good_coroutine<Fn, Context>
TaskRef spawn(Context& context, Fn fn) {
  return spawn(context, std::move(fn), ret_nop);
}
/// Starts a Task, or any awaitable that holds no reference or pointer to something else; Troupe's
/// or another library's.
template <class Context, class A, class R>
  requires detail::spawn_context<Context> && detail::heard_awaitable<A, R, Context>
TaskRef spawn(Context& context, A awaitable, R ret) {
  Core& core = detail::core_behind(context);
  detail::CurrentScope scope(core);
  if constexpr (detail::is_task<A>) {
    return detail::start_task<typename A::value_type>(core, std::move(awaitable), std::move(ret),
                                                      false);
  } else {
    using T = detail::awaited<A>;
    return detail::start_task<T>(core, detail::as_task(std::move(awaitable)), std::move(ret),
                                 false);
  }
}
/// Starts a Task, or any awaitable that holds no reference or pointer to something else, where
/// nobody wants the result.
template <class Context, class A>
  requires detail::spawn_context<Context> && detail::good_awaitable<A, Context>
TaskRef spawn(Context& context, A awaitable) {
  return spawn(context, std::move(awaitable), ret_nop);
}
template <class Context, class Fn, class... Rest,
          class Mistake = detail::SpawnMistake<Context, Fn, Rest...>>
  requires(detail::spawn_context<Context> && !detail::spawnable<Context, Fn, Rest...>)
TaskRef spawn(Context&, Fn, Rest...) = delete;  // see Mistake
template <class Mistake = detail::the_first_argument_is_a_Runtime_a_Core_or_a_Cx>
TaskRef spawn(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

namespace detail {
// A handler that is a coroutine: its first step runs in the call's own turn; that of another
// actor's task does not.
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
      panic("a Task was awaited that had been awaited, spawned or moved before",
            type_name<Task<T>>);
  }
  TaskAwait(const TaskAwait&) = delete;
  ~TaskAwait() {
    if (node_) node_->forget_waiter();
    child_.cancel();
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return false;
  }
  void await_suspend(std::coroutine_handle<>) {
    if (strand_->is_cut()) return;
    TaskPromise<T>& p = *task_.promise();
    if (!p.box || p.box == strand_->box) return detail::enter_child(*strand_, p, task_.holder());
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
  using Node = std::conditional_t<std::is_void_v<T>, NodeRef<>,
                                  NodeRef<std::conditional_t<std::is_void_v<T>, int, T>>>;
  Task<T> task_;
  Strand* strand_;
  Node node_;
  TaskRef child_;
  static constexpr AwaitInfo child_info{
      "a task of another actor",
      {},
      [](const void* a) noexcept {
        return static_cast<const TaskAwait*>(a)->node_->state == NodeBase::open;
      },
      [](const void* a) noexcept { static_cast<const TaskAwait*>(a)->child_.request_stop(); },
      [](const void* a, Look look, int depth) noexcept {
        return static_cast<const TaskAwait*>(a)->child_.turns_ahead(look, depth + 1);
      }};
};
}  // namespace detail

// Defined here, since awaiting a task of another owner spawns it.
template <class T> auto Task<T>::reply() && { return detail::pull_task(std::move(*this)).reply(); }
// Defined here, since it does so, too.
template <class T> auto Task<T>::value() && { return detail::pull_task(std::move(*this)).value(); }
template <class T> auto Task<T>::operator co_await() && {
  return detail::pull_task(std::move(*this)).operator co_await();
}

}  // namespace troupe
