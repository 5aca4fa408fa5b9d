// task/promise.hpp: the promises of Task and Step: what a co_await becomes, and how a spawned task
// ends. (internal)
//
// Whatever is awaited is wrapped here, where the line is known: an awaiter of ours is told which
// task waits, another library's gets a frame that only wakes it. The promise of a Task carries its
// own strand, so that a spawned task is one frame and nothing else.
#pragma once
#include <exception>
#include <optional>
#include <troupe/base/relocatable.hpp>
#include <troupe/core/cx.hpp>
#include <troupe/core/ret.hpp>
#include <troupe/task/foreign.hpp>

namespace troupe {

template <class T = void> class Task;
template <class T = void> class Step;

namespace detail {
template <class T> struct ret_of {
  using type = Ret<T>;
};
template <> struct ret_of<void> {
  using type = Ret<>;
};
template <class A, Mode M>
struct WithMode {  // reply_of(x): converted in the expression that made it
  explicit WithMode(A&& x) noexcept : awaitable(std::forward<A>(x)) {}
  A&& awaitable;
};

template <class T> struct Promise;
[[noreturn]] TROUPE_COLD void ended_without_value(const Frame& frame) noexcept;

template <class T> struct Result {
  enum State : std::uint8_t { none, is_value, is_error };
  Result() noexcept {}
  Result(const Result&) = delete;
  ~Result() {
    if (state == is_value)
      value.~T();
    else if (state == is_error)
      error.~exception_ptr();
  }
  template <class U = T>
    requires std::is_constructible_v<T, U>
  void return_value(U&& v) {
    if (state == is_value) [[unlikely]]  // a local threw behind it, which was caught
      forget();
    ::new (static_cast<void*>(std::addressof(value))) T(std::forward<U>(v));
    state = is_value;
  }
  void
  unhandled_exception() noexcept {  // also of a local that throws as it goes, behind its co_return
    if (state == is_value) forget();
    ::new (static_cast<void*>(std::addressof(error))) std::exception_ptr(std::current_exception());
    state = is_error;
    FrameDrop::note(error);
  }
  bool returned() const noexcept { return state == is_value; }
  // Asked where the coroutine has come to its end: without a value it threw, or ran off its end.
  bool threw() const noexcept {
    if (state == none) [[unlikely]]
      detail::ended_without_value(static_cast<const Promise<T>&>(*this));
    return state == is_error;
  }
  T take() {
    if (state != is_value) [[unlikely]]
      (void)threw(), std::rethrow_exception(error);
    return std::move(value);
  }
  union {  // by the state
    std::exception_ptr error;
    T value;
  };
  State state = none;

 private:
  void forget() noexcept {
    state = none;
    value.~T();
  }
};
template <> struct Result<void> {
  std::exception_ptr error;
  bool threw() const noexcept { return static_cast<bool>(error); }
  void return_void() noexcept {}
  void unhandled_exception() noexcept {
    error = std::current_exception();
    FrameDrop::note(error);
  }
  void take() {
    if (error) [[unlikely]]
      std::rethrow_exception(error);
  }
};

#if TROUPE_DEBUG
void expect_borrows_live(const void* lowest, const std::source_location& here) noexcept;
#endif
template <class T, class S = Step<T>> class StepAwait;
template <class T> class StepHere;
template <class X> class MadeHere;
template <class T> class TaskAwait;
template <class T> class TaskReply;

template <class T> struct Promise : Frame, Result<T> {
  explicit Promise(std::source_location here) noexcept { where = here; }
  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P> void await_suspend(std::coroutine_handle<P> h) noexcept {
      Frame& f = h.promise();
      Strand& s = *f.strand;
      if (f.parent)
        s.pass_to(*f.parent);
      else
        s.phase = Strand::Phase::finished;
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }

  using Here = RawPlace;
  TROUPE_INLINE void stops_at(Here here) noexcept {
    where = place_of(here);
    expect_no_borrow(where);
  }
  template <class Void,
            class Mistake = nothing_comes_back_from_a_call_write_co_await_ask_for_an_answer>
    requires std::is_void_v<Void>
  void await_transform(Void) = delete;  // see Mistake
  template <class U>
  TaskAwait<U> await_transform(Task<U>&& task TROUPE_PARAM_TYPESTATE(unconsumed),
                               Here here = TROUPE_RAW_PLACE) {
    stops_at(here);
    return TaskAwait<U>(std::move(task), strand);
  }
  template <class U, class Mistake = awaiting_uses_a_Task_up_write_co_await_std_move_of_it>
  void await_transform(Task<U>&) = delete;  // see Mistake
  template <asks_the_task A> EnterAwait<A> await_transform(A a, Here here = TROUPE_RAW_PLACE) {
    expect_no_borrow(place_of(here));
    return EnterAwait<A>(std::move(a), strand);
  }
  template <class A,
            class Mistake = nothing_to_await_it_has_neither_operator_co_await_nor_await_ready>
    requires(!own_awaitable<A> && !foreign_awaitable<A> && !asks_the_task<A> &&
             !awaited_elsewhere<A> && !wants_an_executor<A>)
  void await_transform(A&&) = delete;  // see Mistake
  template <
      class A,
      class Mistake =
          this_awaitable_wants_the_executor_of_its_own_library_run_it_there_and_await_its_answer>
    requires(!own_awaitable<A> && !asks_the_task<A> && wants_an_executor<A>)
  void await_transform(A&&) = delete;  // see Mistake
  template <class A, class Mistake = this_awaitable_runs_only_in_coroutines_of_its_own_library>
    requires(!own_awaitable<A> && !foreign_awaitable<A> && !asks_the_task<A> &&
             awaited_elsewhere<A> && !wants_an_executor<A>)
  void await_transform(A&&) = delete;  // see Mistake
  template <class U>
  TROUPE_INLINE StepAwait<U> await_transform(
      Step<U> step, Here here = TROUPE_RAW_PLACE) {  // by value: where it is made
    stops_at(here);
#if TROUPE_DEBUG
    detail::expect_borrows_live(step.lowest_borrow(),
                                where);  // inlined, so that its frame is the awaiting one's
#endif
    return StepAwait<U>(step, strand);
  }
  template <class U> auto await_transform(StepHere<U>&& step, Here here = TROUPE_RAW_PLACE) {
    where = place_of(here);
    return StepAwait<U, StepHere<U>>(step, strand);
  }
  template <class X> OwnAwait<X> await_transform(MadeHere<X> made, Here here = TROUPE_RAW_PLACE) {
    stops_at(here);  // by value: only where it is made
    return OwnAwait<X>(std::move(made.awaitable));
  }
  template <own_awaitable A>
    requires awaited_within_its_alignment<A>
  OwnAwait<A> await_transform(A&& a, Here here = TROUPE_RAW_PLACE) {
    stops_at(here);
    return OwnAwait<A>(std::forward<A>(a));
  }
  template <class A, Mode M>
    requires awaited_within_its_alignment<A>
  ForeignAwait<A, M> await_transform(WithMode<A, M> w, Here here = TROUPE_RAW_PLACE) {
    stops_at(here);
    return ForeignAwait<A, M>(std::forward<A>(w.awaitable), strand);
  }
  template <class A,
            class Mistake = this_awaitable_is_aligned_to_more_than_16_bytes_hold_a_unique_ptr_in_it>
    requires((own_awaitable<A> || foreign_awaitable<A>) && !awaited_within_its_alignment<A>)
  void await_transform(A&&) = delete;  // see Mistake
  template <class A, Mode M,
            class Mistake = this_awaitable_is_aligned_to_more_than_16_bytes_hold_a_unique_ptr_in_it>
    requires(!awaited_within_its_alignment<A>)
  void await_transform(WithMode<A, M>) = delete;  // see Mistake
  template <class A>
    requires(!own_awaitable<A> && foreign_awaitable<A> && awaited_within_its_alignment<A>)
  ForeignAwait<A, Mode::drop> await_transform(A&& a, Here here = TROUPE_RAW_PLACE) {
    stops_at(here);
    return ForeignAwait<A, Mode::drop>(std::forward<A>(a), strand);
  }
};

// The promise of a task: it carries its own strand, so a spawned task is one frame and nothing
// else.
template <class T> struct TaskPromise : Promise<T>, Strand {
  using R = typename ret_of<T>::type;
  template <class... Args>
  TaskPromise(Args&... args) noexcept : Promise<T>(std::source_location()), Strand(ops, *this) {
    this->strand = this;
    (look(args), ...);
  }
  TaskPromise(const TaskPromise&) = delete;  // said, so that GCC does not explain why
  Task<T> get_return_object(std::source_location here = std::source_location::current()) noexcept {
    this->where = here;
    return Task<T>(this);
  }
  ~TaskPromise() {}
  union {
    R ret;  // from the start on, of a task of its own; it leaves before the frame goes
  };

 private:
  static constexpr bool moves_well = std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>;
  template <class X> void look(X&) noexcept {}
  template <class A> void look(Cx<A>& cx) noexcept { bind(CxDoor::box_of(cx)); }
  static void do_disown(Strand* s, const ActorFail& why) noexcept {
    R r = std::move(static_cast<TaskPromise&>(*s).ret);
    if (r) r.fail(why);
  }
  static void do_conclude(Strand* s, const ActorFail* why) noexcept;
  static void do_finish(Strand* s) noexcept;
  static constexpr Strand::Ops ops{{&Strand::hooks}, &do_disown, &do_conclude, &do_finish};
};

// The end of a Task or Step: it has come to its own, or has not begun.
TROUPE_INLINE void end_of_child(Frame& frame) noexcept {
  const std::coroutine_handle<> h = frame.handle();
  if (h.done()) [[likely]]
    h.destroy();
  else
    detail::let_frame_go(frame);
}
// The frame dies, and cancels that its locals say are flattened.
inline void destroy_frame(Core& core, Frame& frame) noexcept {
  Dying dying(core);
  frame.handle().destroy();
}
// A task threw: what died on the way is told so, and its actor fails; where nobody would hear, the
// log does, at Error. Why its answer does not come, and what its frame holds will not be answered.
ActorFail task_threw(Core& core, const Frame& frame, Box* owner, bool is_heard,
                     const std::exception_ptr& error) noexcept;
// The same of a child of a group, whose awaiter gets the exception: what died on the way is told
// so.
ActorFail child_threw(Core& core, Box* owner, const std::exception_ptr& error) noexcept;

template <class T> void TaskPromise<T>::do_finish(Strand* s) noexcept {
  auto* p = &static_cast<TaskPromise&>(*s);
  bool returned;  // a value says it without a look at the phase
  if constexpr (std::is_void_v<T>)
    returned = p->phase == Strand::Phase::finished && !p->error;
  else
    returned = p->returned();
  if (!moves_well || !returned || !p->retire_fast()) [[unlikely]]
    return p->phase == Strand::Phase::finished ? do_conclude(s, nullptr) : p->end_odd_turn();
  Core& core = *p->core;
  Relocated<R> taken(p->ret);
  R& ret = taken.value;
  if constexpr (std::is_void_v<T>) {
    detail::destroy_frame(core, *p);
    if (ret) ret();
  } else if (ret) {
    T value(std::move(p->value));
    detail::destroy_frame(core, *p);
    ret.answer_with(std::addressof(value));
  } else {
    detail::destroy_frame(core, *p);
  }
}

template <class T> void TaskPromise<T>::do_conclude(Strand* s, const ActorFail* why) noexcept {
  auto* p = &static_cast<TaskPromise&>(*s);
  Box* owner = p->box;
  if (owner) owner->ref();
  R ret = std::move(p->ret);
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>>
      value;  // it leaves its frame before that goes
  if constexpr (!std::is_void_v<T>) {
    if (ret && !why && !p->threw()) {
      TROUPE_TRY { value.emplace(std::move(p->value)); }
      TROUPE_CATCH_ALL { p->unhandled_exception(); }  // as if its co_return had thrown
    }
  }
  const bool threw = !why && p->threw();
  if (threw || why) {
    const ActorFail loss =
        why ? *why : detail::task_threw(*p->core, *p, owner, ret.tells_failure(), p->error);
    p->retire();
    p->destroy_frames_for(loss);
    if (ret) ret.fail(loss);
  } else {
    p->retire();
    p->destroy_frames();
    if constexpr (std::is_void_v<T>) {
      if (ret) ret();
    } else if (ret) {
      ret.answer_with(std::addressof(*value));
    }
  }
  if (owner) {
    task_gone(*owner);
    owner->unref();
  }
}
}  // namespace detail

}  // namespace troupe
