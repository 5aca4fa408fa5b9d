// task/task.hpp: the two coroutine types: `Task<T>`, which may be stored and spawned, and
// `Step<T>`, which may borrow.
//
// A task does nothing until it is awaited or spawned. Awaited, it runs within the awaiting task;
// spawned, it is a task of its own. A coroutine with a `Cx<A>&` parameter belongs to that actor
// from its creation and ends with it.
#pragma once
#include <troupe/base/storable.hpp>
#include <troupe/task/in_mode.hpp>
#include <troupe/task/task_rules.hpp>

namespace troupe {

/// A coroutine that ends in a `T`. Does nothing until it is awaited (`co_await std::move(task)`) or
/// spawned; destroyed before that, it never runs. Its parameters own their values (a `Core&` or
/// `Cx<A>&` aside). Move-only. An exception from a destructor of a local, while the task is
/// dropped, is logged at level Error; the other locals are still destroyed. Parameters and results
/// whose destructors may throw are refused. If moving the result throws, that counts as an
/// exception out of the task. An exception out of the task is rethrown in the coroutine that awaits
/// it. Out of a spawned task it goes to the Ret, or to the log where the Ret has no receiver for
/// it; out of a handler it also fails the actor. `T` is `Keepable`, or void. Parameters and locals
/// are aligned to 16 bytes at most: C++ gives frames no more, and nothing checks that of locals.
template <class T>
class [[nodiscard("a Task does nothing until it is awaited or spawned")]] TROUPE_CONSUMABLE(
    unconsumed) Task {
 public:
  using troupe_of_one_runtime = void;
  using value_type = T;
  TROUPE_RETURN_TYPESTATE(unconsumed)
  explicit Task(detail::TaskPromise<T>* promise) noexcept : promise_(promise) {}
  TROUPE_RETURN_TYPESTATE(unconsumed)
  Task(Task&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  TROUPE_RETURN_TYPESTATE(unconsumed)
  TROUPE_SET_TYPESTATE(unconsumed) Task& operator=(Task&& other) noexcept {
    Task old(std::move(*this));
    promise_ = std::exchange(other.promise_, nullptr);
    return *this;
  }
  Task(const Task&) = delete;  // a Task is used once: hand it on with std::move(task)
  ~Task() {
    if (promise_) detail::end_of_child(*promise_);
  }
  /// `co_await std::move(task).reply()` gives an expected; a failure does not end the awaiting
  /// task. The awaited one then runs as a task of its own.
  auto reply() &&;
  /// `co_await std::move(task).value()` throws ActorFailed for a loss and for an exception out of
  /// the task; a loss does not end the awaiting task. The awaited one then runs as a task of its
  /// own.
  auto value() &&;
  /// For coroutines of other libraries: spawns the task, and throws ActorFailed if no result comes.
  auto operator co_await() &&;

  detail::TaskPromise<T>* promise() const noexcept { return promise_; }
  void* holder() noexcept { return std::addressof(promise_); }
  detail::TaskPromise<T>* release() noexcept { return std::exchange(promise_, nullptr); }

 private:
  detail::TaskPromise<T>* promise_;
};

/// A coroutine that may borrow: awaitable only in the expression that makes it, so its parameters
/// may be references and views of what that expression keeps alive. Cannot be moved, stored or
/// spawned. all(), race(), any(), timeout() and deadline() take one that is made in their call, and
/// are then awaited in the same expression. Failures, alignment and destructors that throw: as of a
/// Task.
template <class T> class [[nodiscard("await a Step where you call it")]] Step {
 public:
  using troupe_of_one_runtime = void;
  struct promise_type : detail::Promise<T> {
    promise_type() noexcept : detail::Promise<T>(std::source_location()) {}
    Step get_return_object(std::source_location here = std::source_location::current()) noexcept {
      this->where = here;
      return Step(*this);
    }
#if TROUPE_DEBUG
    const void* lowest_borrow = nullptr;  // on the stack
#endif
  };
  Step(const Step&) = delete;  // a Step is awaited where it is called; a Task may be kept
  ~Step() {
    if (promise_) detail::end_of_child(*promise_);
  }
  detail::Promise<T>& promise() const noexcept { return *promise_; }
  void* holder() noexcept { return std::addressof(promise_); }
  detail::Promise<T>* release() noexcept { return std::exchange(promise_, nullptr); }
#if TROUPE_DEBUG
  const void* lowest_borrow() const noexcept { return promise_->lowest_borrow; }
#endif

 private:
  explicit Step(promise_type& p) noexcept : promise_(std::addressof(p)) {}
  promise_type* promise_;
};

namespace detail {
// A child runs within its parent's strand, also in a last turn: that ends where it waits, and
// nothing waits here. `holder`: the pointer to it that owns it.
inline void enter_child(Strand& s, Frame& child, void* holder) noexcept {
  child.strand = &s;
  child.holder = holder;
  child.parent = s.top;
  s.pass_to(child);
}
template <class T, class S> class StepAwait {
 public:
  StepAwait(S& child, Strand* s) noexcept : child_(child), strand_(s) {}
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return false;
  }
  void await_suspend(std::coroutine_handle<>) noexcept {
    if (!strand_->is_cut()) detail::enter_child(*strand_, child_.promise(), child_.holder());
  }
  T await_resume() { return child_.promise().take(); }

 private:
  S& child_;
  Strand* strand_;
};
// A Step as the child of a group that is awaited in the expression that made it: the child's task
// owns it.
template <class T> class StepHere {
 public:
  using troupe_not_storable = void;
  explicit StepHere(Step<T>&& step) noexcept : promise_(step.release()) {}
  StepHere(StepHere&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  ~StepHere() {
    if (promise_) end_of_child(*promise_);
  }
  Promise<T>& promise() const noexcept { return *promise_; }
  void* holder() noexcept { return std::addressof(promise_); }

 private:
  Promise<T>* promise_;
};
template <class A> inline constexpr bool is_step_here = false;
template <class T> inline constexpr bool is_step_here<StepHere<T>> = true;
// What awaits Steps: itself awaited in the expression that makes it, and nowhere else.
template <class X> class [[nodiscard("await it in the expression that makes it")]] MadeHere {
 public:
  explicit MadeHere(X&& x) : awaitable(std::move(x)) {}
  MadeHere(const MadeHere&) = delete;  // made with a Step: await it where it is made
  auto reply() && { return in_mode(std::move(awaitable).reply()); }
  auto value() && { return in_mode(std::move(awaitable).value()); }
  X awaitable;

 private:
  template <class Y> static MadeHere<Y> in_mode(Y&& y) { return MadeHere<Y>(std::move(y)); }
};

template <class A> auto in_mode_reply(A&& awaitable) {
  if constexpr (requires { std::forward<A>(awaitable).reply(); })
    return std::forward<A>(awaitable).reply();
  else if constexpr (detail::own_awaitable<A>)
    return detail::InMode<Mode::reply, detail::held_in_mode<A>>(std::forward<A>(awaitable));
  else
    return WithMode<A, Mode::reply>(std::forward<A>(awaitable));
}
template <class T> inline constexpr bool is_task = false;
template <class T> inline constexpr bool is_task<Task<T>> = true;
template <class A>
concept has_value = is_task<A> || own_awaitable<A> || foreign_awaitable<A>;
template <class A>
concept has_reply = has_value<A> || requires(A&& x) { std::forward<A>(x).reply(); };
}  // namespace detail

/// `co_await reply_of(x)` gives `std::expected<T, ActorFail>` of any awaitable, ours or foreign: a
/// loss is a value, and so is whatever is thrown from the await on (`Why::failed`, with the
/// exception in it; an ActorFailed is the failure that it carries). The task goes on.
template <class A>
  requires(detail::has_reply<A> && !detail::awaitable_dies_twice<A>)
auto reply_of(A&& awaitable) {
  return detail::in_mode_reply(std::forward<A>(awaitable));
}
/// `co_await value_of(x)` gives the value of any awaitable, or throws ActorFailed where none will
/// come.
template <class A>
  requires(detail::has_value<A> && !detail::awaitable_dies_twice<A>)
auto value_of(A&& awaitable) {
  if constexpr (detail::own_awaitable<A> && requires { std::forward<A>(awaitable).value(); })
    return std::forward<A>(awaitable).value();
  else if constexpr (detail::own_awaitable<A>)
    return detail::InMode<Mode::value, detail::held_in_mode<A>>(std::forward<A>(awaitable));
  else
    return detail::WithMode<A, Mode::value>(std::forward<A>(awaitable));
}
template <class A,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::awaitable_dies_twice<A>
detail::Refused reply_of(A&&) = delete;  // see Mistake
template <class A,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::awaitable_dies_twice<A>
detail::Refused value_of(A&&) = delete;  // see Mistake
template <
    class A,
    class Mistake = detail::nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move>
  requires(!detail::has_reply<A> && !detail::awaitable_dies_twice<A>)
detail::Refused reply_of(A&&) = delete;  // see Mistake
template <
    class A,
    class Mistake = detail::nothing_to_await_call_the_function_and_hand_its_Task_on_with_std_move>
  requires(!detail::has_value<A> && !detail::awaitable_dies_twice<A>)
detail::Refused value_of(A&&) = delete;  // see Mistake

}  // namespace troupe

template <class T, class... P> struct std::coroutine_traits<troupe::Task<T>, P...> {
  using promise_type = typename troupe::detail::promise_of_result<T, P...>::type;
};
template <class T, class... P> struct std::coroutine_traits<troupe::Step<T>, P...> {
  using promise_type = typename troupe::detail::promise_of_step<T, P...>::type;
};
