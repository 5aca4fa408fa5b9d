// support/lazy.hpp: a coroutine of a foreign type, that knows nothing of Troupe: begins when it is
// awaited.
#pragma once
#include <coroutine>
#include <exception>

namespace troupe_test {

/// What it throws comes out of the await.
class Lazy {
 public:
  struct promise_type {
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        return h.promise().next;
      }
      void await_resume() const noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }
    std::coroutine_handle<> next;
    std::exception_ptr error;
  };
  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Lazy(const Lazy&) = delete;
  ~Lazy() { handle_.destroy(); }
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
    handle_.promise().next = next;
    return handle_;
  }
  void await_resume() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace troupe_test
