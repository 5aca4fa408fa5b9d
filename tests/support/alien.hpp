// support/alien.hpp: a coroutine type of another library, which knows nothing of Troupe: eager or
// lazy, as one says.
#pragma once
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace troupe_test {

/// When the aliens that are made now begin: at once, or when they are awaited.
inline bool aliens_are_eager = false;

/// Resumes who awaits it from its final suspension, by symmetric transfer, as most libraries do.
/// Destroyed, its frame goes, wherever it waits.
template <class T> class Alien {
 public:
  struct promise_type {
    struct Begin {
      bool await_ready() const noexcept { return aliens_are_eager; }
      void await_suspend(std::coroutine_handle<>) const noexcept {}
      void await_resume() const noexcept {}
    };
    struct End {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
        return h.promise().waiter ? h.promise().waiter : std::noop_coroutine();
      }
      void await_resume() const noexcept {}
    };
    Alien get_return_object() {
      return Alien(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    Begin initial_suspend() noexcept { return {}; }
    End final_suspend() noexcept { return {}; }
    template <class U> void return_value(U&& v) { value.emplace(std::forward<U>(v)); }
    void unhandled_exception() noexcept {
      value.reset();
      error = std::current_exception();
    }
    std::optional<T> value;
    std::exception_ptr error;
    std::coroutine_handle<> waiter;
    bool begun = aliens_are_eager;
  };
  explicit Alien(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  Alien(Alien&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Alien& operator=(Alien&&) = delete;
  ~Alien() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  bool await_ready() const noexcept { return handle_.done(); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().waiter = waiter;
    if (std::exchange(handle_.promise().begun, true)) return std::noop_coroutine();
    return handle_;
  }
  T await_resume() {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    return std::move(*handle_.promise().value);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace troupe_test
