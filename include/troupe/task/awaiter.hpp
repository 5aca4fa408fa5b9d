// task/awaiter.hpp: what the awaiters of ours have in common. (internal)
//
// An awaiter says `wait(Wake)`: remember who waits, and fire or lose that later; `await_resume()`;
// and, for reports, `what` it is and whether it is `armed()`. A task of ours awaits that without a
// handle (task/own_await.hpp). Coroutines of other types need one, which lies beside the awaiter.
#pragma once
#include <coroutine>
#include <troupe/base/platform.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/wake.hpp>

namespace troupe::detail {

// For tasks of ours only. @tparam M what becomes of a loss. Movable until it is awaited.
template <Mode M> struct TaskAwaiter {
  static constexpr Mode mode = M;
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return false;
  }
};
// For coroutines of any type: with the handle of one that is not a task of ours.
template <class Self, Mode M> class Awaiter : public TaskAwaiter<M> {
 public:
  void await_suspend(std::coroutine_handle<> h) {
    foreign_.set(h);
    static_cast<Self&>(*this).wait(Wake(foreign_));
  }

 private:
  HandleWaiter foreign_;
};

struct HandlePart {
  HandleWaiter foreign;
};
// An awaiter for tasks of ours, made fit for coroutines of any type. What an awaitable gives to
// others; a task of ours gets `A` by `awaiter_in_task()`, which is smaller.
template <class A> class WithHandle : private HandlePart, public A {
 public:
  using A::A;
  void await_suspend(std::coroutine_handle<> h) {
    foreign.set(h);
    this->wait(Wake(foreign));
  }
};

}  // namespace troupe::detail
