// task/awaiter.hpp: what the awaiters of ours have in common. (internal)
//
// An awaiter says `wait(Wake)`: remember who waits, and fire or lose that later; `await_resume()`;
// and, for reports, `what` it is and whether it is `armed()`. With this base it can be awaited in
// coroutines of any type: by a task of ours without a handle (task/own_await.hpp), by others
// through the handle that the base keeps.
#pragma once
#include <coroutine>
#include <troupe/base/platform.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/wake.hpp>

namespace troupe::detail {

// @tparam M what becomes of a loss. Movable until it is awaited.
template <class Self, Mode M> class Awaiter {
 public:
  static constexpr Mode mode = M;
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return false;
  }
  void await_suspend(std::coroutine_handle<> h) {
    foreign_.set(h);
    static_cast<Self&>(*this).wait(Wake(foreign_));
  }

 private:
  HandleWaiter foreign_;
};

}  // namespace troupe::detail
