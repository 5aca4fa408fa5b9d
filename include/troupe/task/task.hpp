// task/task.hpp: the two coroutine types: `Task<T>`, which may be stored and spawned, and `Step<T>`, which may borrow.
//
// A task does nothing until it is awaited or spawned. Awaited, it runs within the awaiting task; spawned, it is a task
// of its own. A coroutine with a `Cx<A>&` parameter belongs to that actor from its creation and ends with it.
#pragma once
#include <span>
#include <troupe/base/storable.hpp>
#include <troupe/task/in_mode.hpp>
#include <troupe/task/promise.hpp>

namespace troupe {

/// A coroutine that ends in a `T`. Does nothing until it is awaited (`co_await std::move(task)`) or spawned; destroyed
/// before that, it never runs. Its parameters own their values (a `Core&` or `Cx<A>&` aside). Move-only.
/// An exception from a destructor of a local, while the task is dropped, is logged at level Error; the other locals are
/// still destroyed. Parameters and results whose destructors may throw are refused.
/// If moving the result throws, that counts as an exception out of the task.
/// An exception out of the task is rethrown in the coroutine that awaits it. Out of a spawned task it goes to the Ret,
/// or to the log where the Ret has no receiver for it; out of a handler it also fails the actor. `T` is `Keepable`, or
/// void. Parameters and locals are aligned to 16 bytes at most: C++ gives frames no more, and nothing checks that of
/// locals.
template <class T>
class [[nodiscard("a Task does nothing until it is awaited or spawned")]] TROUPE_CONSUMABLE(unconsumed) Task {
 public:
  using value_type = T;
  TROUPE_RETURN_TYPESTATE(unconsumed)
  explicit Task(detail::TaskPromise<T>* promise) noexcept : promise_(promise) {}
  TROUPE_RETURN_TYPESTATE(unconsumed)
  Task(Task&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  TROUPE_RETURN_TYPESTATE(unconsumed) TROUPE_SET_TYPESTATE(unconsumed) Task& operator=(Task&& other) noexcept {
    Task old(std::move(*this));
    promise_ = std::exchange(other.promise_, nullptr);
    return *this;
  }
  Task(const Task&) = delete;  // a Task is used once: hand it on with std::move(task)
  ~Task() {
    if (promise_) detail::end_of_child(*promise_);
  }
  /// `co_await std::move(task).reply()` gives an expected; a failure does not end the awaiting task. The awaited one
  /// then runs as a task of its own.
  auto reply() &&;
  /// `co_await std::move(task).value()` throws ActorFailed for a loss and for an exception out of the task; a loss does
  /// not end the awaiting task. The awaited one then runs as a task of its own.
  auto value() &&;
  /// For coroutines of other libraries: spawns the task, and throws ActorFailed if no result comes.
  auto operator co_await() &&;

  detail::TaskPromise<T>* promise() const noexcept { return promise_; }
  void* holder() noexcept { return std::addressof(promise_); }
  detail::TaskPromise<T>* release() noexcept { return std::exchange(promise_, nullptr); }

 private:
  detail::TaskPromise<T>* promise_;
};

/// A coroutine that may borrow: awaitable only in the expression that makes it, so its parameters may be references and
/// views of what that expression keeps alive. Cannot be moved, stored or spawned. all(), race(), any(), timeout() and
/// deadline() take one that is made in their call, and are then awaited in the same expression. Failures, alignment and
/// destructors that throw: as of a Task.
template <class T> class [[nodiscard("await a Step where you call it")]] Step {
 public:
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
  Step(const Step&) = delete;  // a Step is awaited where it is called: co_await step(...); a Task may be kept
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
// A child runs within its parent's strand, also in a last turn: that ends where it waits, and nothing waits here.
// `holder`: the pointer to it that owns it.
inline void enter_child(Strand& s, Frame& child, void* holder) noexcept {
  child.strand = &s;
  child.holder = holder;
  child.parent = s.top;
  s.top = &child;
  s.next = child.handle();
}
template <class T, class S> class StepAwait {
 public:
  StepAwait(S& child, Strand* s) noexcept : child_(child), strand_(s) {}
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {
    if (!strand_->is_cut()) detail::enter_child(*strand_, child_.promise(), child_.holder());
  }
  T await_resume() { return child_.promise().take(); }

 private:
  S& child_;
  Strand* strand_;
};
// A Step as the child of a group that is awaited in the expression that made it: the child's task owns it.
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

// ---- what a Task's parameters may be
template <class P> inline constexpr bool is_context = false;
template <class A> inline constexpr bool is_context<Cx<A>&> = true;
template <> inline constexpr bool is_context<Core&> = true;
template <class P>
concept owned_parameter =
    is_context<P> || (!std::is_reference_v<P> &&
                      (bool(storable<std::remove_cv_t<P>>) || !std::is_move_constructible_v<P>));  // which C++ refuses

// Promises of coroutines that are refused: by a deleted function, so that the compiler names the coroutine first.
template <class T> struct BorrowingPromise : TaskPromise<T> {
  Task<T> get_return_object() = delete;  // a Task's parameters must own their values: take them by value, or be a Step
};
template <class T> struct CapturingPromise : TaskPromise<T> {
  Task<T> get_return_object() = delete;  // a coroutine lambda must not capture: pass what it needs as arguments
};
// clang-format off
template <class T> struct MemberPromise : TaskPromise<T> {
  Task<T> get_return_object() = delete;  // parameters must own their values: take them by value, or be a Step; a member coroutine takes its Cx<A>& first, and in a class that is no actor it returns a Step
};
// clang-format on
template <class T> struct ThrowingPromise : TaskPromise<T> {
  Task<T> get_return_object() = delete;  // a parameter's destructor may throw: pass a unique_ptr of it
};
template <class T> struct AnyResult : Promise<int> {  // says nothing of its own: what is refused is named once
  AnyResult() noexcept : Promise<int>(std::source_location()) {}
  template <class U = T> void return_value(U&&) noexcept {}
};
template <class T> struct BorrowedResult : AnyResult<T> {
  Task<T> get_return_object() = delete;  // its result outlives its turn: it owns what it needs, as a std::string does
};
template <class T> struct AlignedResult : AnyResult<T> {
  Task<T> get_return_object() = delete;  // a result that is aligned to more than 16 bytes does not fit
};
template <class T> struct ThrowingResult : AnyResult<T> {
  Task<T> get_return_object() = delete;  // a result's destructor may throw: give a unique_ptr of it
};
template <class T> struct AlignedParameter : TaskPromise<T> {
  Task<T> get_return_object() = delete;  // a parameter is aligned to more than 16 bytes: take a std::unique_ptr to it
};
template <class P>
concept fits_a_frame = std::is_reference_v<P> || aligned_to_at_most_16<P>;
template <class... P>
concept nothrow_parameters = (std::is_nothrow_destructible_v<P> && ...);

template <class Found, class T, class... P> struct checked_promise {
  using type = std::conditional_t<!(owned_parameter<P> && ...), BorrowingPromise<T>,
                                  std::conditional_t<nothrow_parameters<P...>, Found, ThrowingPromise<T>>>;
};
template <class T, class... P> struct promise_for : checked_promise<TaskPromise<T>, T, P...> {};
// The first parameter is a reference to a class: the object of a lambda or of an actor's method, or a plain mistake.
// A closure type is complete only where its body has been read, so a lambda is looked at from within.
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
template <class O, class... Rest> inline constexpr bool own_cx_follows<const O&, Cx<O>&, Rest...> = true;
template <class O, class... Rest> inline constexpr bool own_cx_follows<O&, Cx<O>, Rest...> = true;  // not copied
template <class T, class P0, class... P>
  requires(std::is_reference_v<P0> && std::is_class_v<std::remove_cvref_t<P0>> && !is_context<P0>)
struct promise_for<T, P0, P...>
    : checked_promise<typename decltype(find_promise<T, std::remove_cvref_t<P0>, own_cx_follows<P0, P...>>())::type, T,
                      P...> {};
template <class T, class... P> struct promise_of_result : promise_for<T, P...> {};
template <class T, class... P>
  requires(!Keepable<T>)
struct promise_of_result<T, P...> {
  using type = std::conditional_t<!shows_no_borrow<T>, BorrowedResult<T>,
                                  std::conditional_t<aligned_to_at_most_16<T>, ThrowingResult<T>, AlignedResult<T>>>;
};
template <class T, class... P>
  requires(Keepable<T> && !(fits_a_frame<P> && ...))
struct promise_of_result<T, P...> {
  using type = AlignedParameter<T>;
};

// A Step may borrow, in what it takes and in what it gives.
template <class T> struct AlignedStepResult : AnyResult<T> {
  Step<T> get_return_object() = delete;  // a result that is aligned to more than 16 bytes does not fit
};
template <class T> struct AlignedStepParameter : Step<T>::promise_type {
  Step<T> get_return_object() = delete;  // a parameter is aligned to more than 16 bytes: take a reference to it
};
template <class T> struct ThrowingStepResult : AnyResult<T> {
  Step<T> get_return_object() = delete;  // a result's destructor may throw: give a unique_ptr of it
};
template <class T> struct ThrowingStepParameter : Step<T>::promise_type {
  Step<T> get_return_object() = delete;  // a parameter's destructor may throw: take a reference to it
};
#if TROUPE_DEBUG
// What a Step borrows must live until it is awaited, which is in the same expression. What lies on the stack below the
// coroutine that awaits it has gone: it was of a function that made the Step and has returned.
inline constexpr std::size_t stack_looked_at = 64 * 1024;  // above where the Step is made, bytes
template <class T> struct WatchedStep : Step<T>::promise_type {
  WatchedStep() noexcept = default;
  template <class A, class... Rest> explicit WatchedStep(A& a, Rest&... rest) noexcept { look(a), (look(rest), ...); }

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
template <class T> inline constexpr bool fits_as_result = nothrow_destructible<T> && fits_a_frame<T>;
template <> inline constexpr bool fits_as_result<void> = true;
template <class T, class... P> struct promise_of_step {
  using type =
      std::conditional_t<!(fits_a_frame<P> && ...), AlignedStepParameter<T>,
                         std::conditional_t<nothrow_parameters<P...>, WatchedStep<T>, ThrowingStepParameter<T>>>;
};
template <class T, class... P>
  requires(!fits_as_result<T>)
struct promise_of_step<T, P...> {
  using type = std::conditional_t<fits_a_frame<T>, ThrowingStepResult<T>, AlignedStepResult<T>>;
};
}  // namespace detail

namespace detail {
template <class A> auto in_mode_reply(A&& awaitable) {
  if constexpr (requires { std::forward<A>(awaitable).reply(); })
    return std::forward<A>(awaitable).reply();
  else if constexpr (detail::own_awaitable<A>)
    return detail::InMode<Mode::reply, detail::held_in_mode<A>>(std::forward<A>(awaitable));
  else
    return WithMode<A, Mode::reply>(std::forward<A>(awaitable));
}
}  // namespace detail

/// `co_await reply_of(x)` gives `std::expected<T, ActorFail>` of any awaitable, ours or foreign: a loss is a value, and
/// so is whatever is thrown from the await on (`Why::failed`, with the exception in it; an ActorFailed is the failure
/// that it carries). The task goes on.
template <class A>
  requires(!detail::awaitable_dies_twice<A>)
auto reply_of(A&& awaitable) {
  return detail::in_mode_reply(std::forward<A>(awaitable));
}
/// `co_await value_of(x)` gives the value of any awaitable, or throws ActorFailed where none will come.
template <class A>
  requires(!detail::awaitable_dies_twice<A>)
auto value_of(A&& awaitable) {
  if constexpr (detail::own_awaitable<A> && requires { std::forward<A>(awaitable).value(); })
    return std::forward<A>(awaitable).value();
  else if constexpr (detail::own_awaitable<A>)
    return detail::InMode<Mode::value, detail::held_in_mode<A>>(std::forward<A>(awaitable));
  else
    return detail::WithMode<A, Mode::value>(std::forward<A>(awaitable));
}

}  // namespace troupe

template <class T, class... P> struct std::coroutine_traits<troupe::Task<T>, P...> {
  using promise_type = typename troupe::detail::promise_of_result<T, P...>::type;
};
template <class T, class... P> struct std::coroutine_traits<troupe::Step<T>, P...> {
  using promise_type = typename troupe::detail::promise_of_step<T, P...>::type;
};
