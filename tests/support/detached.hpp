// support/detached.hpp: a coroutine of a foreign type, that knows nothing of Troupe: begins at
// once, nobody awaits it.
#pragma once
#include <coroutine>
#include <exception>
#include <utility>

namespace troupe_test {

class Detached {
 public:
  struct promise_type {
    Detached get_return_object() {
      return Detached(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  explicit Detached(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Detached(Detached&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Detached() { destroy(); }
  bool done() const { return handle_.done(); }
  /// Wherever it waits.
  void destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace troupe_test
