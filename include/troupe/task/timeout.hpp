// task/timeout.hpp: waiting, but not for ever.
//
// What is awaited waits in place, beside a timer, and wakes the task itself, or the coroutine of a
// foreign type. When the timer is due it queues a record, and only when that runs is it decided: if
// the value came in the meantime the waiter has been woken, and the value wins; else the record
// resumes or ends the waiter at once. So no value comes between the decision and the waiter, to be
// lost.
#pragma once
#include <troupe/task/limit.hpp>

namespace troupe {

/// What timeout() and deadline() return: an awaitable of ours.
template <class X> class [[nodiscard("does nothing until it is awaited")]] Timeout {
 public:
  using troupe_of_one_runtime = void;
  Timeout(X x, Instant at, Duration wait) : x_(std::move(x)), at_(at), wait_(wait) {}
  auto operator co_await() && {
    return detail::TimeoutAwait<Mode::drop, X>(std::move(x_), at_, wait_);
  }
  auto reply() && { return detail::InMode<Mode::reply, Timeout>(std::move(*this)); }
  auto value() && { return detail::InMode<Mode::value, Timeout>(std::move(*this)); }

 private:
  friend struct detail::AsksOrigin;
  friend struct detail::EachMode;
  auto origin() const
    requires detail::has_origin<X>
  {
    return detail::AsksOrigin::of(x_);
  }
  template <Mode M> auto awaiter() && {
    return detail::TimeoutAwait<M, X>(std::move(x_), at_, wait_);
  }
  X x_;
  Instant at_;
  Duration wait_;
};
template <class X> inline constexpr bool storable<Timeout<X>> = bool(storable<X>);

/// `co_await timeout(2s, x)` gives what `co_await x` gives if that comes in time, counted from the
/// await; else the task ends there with `Why::timed_out`. `co_await timeout(2s, x).reply()` gives
/// `std::expected<T, ActorFail>`, `.value()` throws ActorFailed. `x` is any awaitable. A Task runs
/// as a task of its own, and is cancelled when the time is over. An awaitable of Troupe stops
/// waiting; it may be an lvalue that lives as long as the await. One of another library is dropped
/// then, as a task is (docs/bridge.md). A `Step` that is made in the expression may borrow from it,
/// see all().
///
/// Around the `next()` of a stream, `.reply()` gives `std::optional<Reply<T>>`, as next() does.
/// `Why::timed_out` is then not the end of the stream: read on. (A stream that is lost for that
/// reason says so once, and ends with the read behind it.) Of a stream that is a coroutine, or is
/// made of streams (`Generator`, `map`, `filter`, `take`, `merge`), a limit that is reached drops
/// the coroutine and what it reads: later reads find it lost, with `Why::cancelled`. To read one
/// with limits, put it behind a pipe (docs/bridge.md).
///
/// What waits in place has received nothing until the awaiting task goes on: an item of a queue or
/// pipe for which that was too late stays where it is. As a child of a group: see all().
///
/// An answer that is already queued when the time is over still counts. If it must pass through
/// other tasks first, they run first (race.hpp), whoever awaits the timeout. Where one of them
/// waits in a coroutine or awaiter of another library, only resumptions that are already queued at
/// that moment count. The limit is never early. With 0 or less the limit comes at the next instant;
/// what is ready now still wins. Cost: a timer, no allocation where `x` is ours and not a task.
/// @throws std::bad_alloc when there is no memory for the timer
template <detail::limitable X> auto timeout(AnyDuration wait, X&& x) {
  using In = decltype(detail::limited(std::forward<X>(x)));
  return detail::made_of<Timeout<In>, X>(
      Timeout<In>(detail::limited(std::forward<X>(x)), Instant::min(), wait));
}
/// `co_await deadline(at, x)`: a timeout() until an instant of the runtime's clock.
template <detail::limitable X> auto deadline(AnyInstant at, X&& x) {
  using In = decltype(detail::limited(std::forward<X>(x)));
  return detail::made_of<Timeout<In>, X>(
      Timeout<In>(detail::limited(std::forward<X>(x)), at, Duration::zero()));
}
template <class When, class X, class Mistake = detail::LimitMistake<AnyDuration, When, X>>
  requires(!detail::good_limit<AnyDuration, When, X> && detail::meant_as_limit<When, X>)
detail::Refused timeout(When&&, X&&) = delete;  // see Mistake
template <class When, class X, class Mistake = detail::LimitMistake<AnyInstant, When, X>>
  requires(!detail::good_limit<AnyInstant, When, X> && detail::meant_as_limit<When, X>)
detail::Refused deadline(When&&, X&&) = delete;  // see Mistake
template <
    class Mistake = detail::nothing_to_await_timeout_takes_a_Duration_then_a_Task_call_its_function>
detail::Refused timeout(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <class Mistake =
              detail::nothing_to_await_deadline_takes_an_Instant_then_a_Task_call_its_function>
detail::Refused deadline(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

}  // namespace troupe
