// io/connect.hpp: asking for a connection, whatever makes it.
//
// One that is being made is a listener at which exactly one arrives: so waiting for it, and
// dropping a task that waits, are what they are there.
#pragma once
#include <troupe/io/listener.hpp>

namespace troupe {

/// What `tcp_connect` and `MemoryNetwork::connect` return: `co_await` gives a `ConnectionResult`.
/// It begins when it is awaited, once; dropped, it is called off, and a connection that was made
/// already is closed.
class [[nodiscard("does nothing until it is awaited")]] Connect {
 public:
  static constexpr Mode mode = Mode::reply;
  static constexpr const char* what = "a connection";
  static constexpr bool must_be_read = true;
  /// @param source a listener at which one connection, or the error, arrives after its first
  /// `watch`
  explicit Connect(Listener source) noexcept
      : source_(std::move(source)), arrival_(source_.accept()) {}
  Connect(Connect&&) noexcept = default;  // before it is awaited
  bool await_ready() noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return arrival_.await_ready();
  }
  void wait(Wake w) noexcept { arrival_.wait(w); }
  void await_suspend(std::coroutine_handle<> h) noexcept { arrival_.await_suspend(h); }
  [[nodiscard]] ConnectionResult await_resume() noexcept { return arrival_.await_resume(); }

 private:
  Listener source_;
  Accept arrival_;
};

}  // namespace troupe
