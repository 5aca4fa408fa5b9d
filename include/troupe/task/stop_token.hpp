// task/stop_token.hpp: asking to stop without ending at once: a token says that it was asked, a
// callback hears of it.
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/task/stop_state.hpp>
#include <utility>

namespace troupe {

/// Says whether a stop was requested. A counted value of 8 bytes that outlives what it was made
/// from; one thread, no atomics (std_stop.hpp joins it to std::stop_token). Empty by default:
/// nothing will ever be requested.
class StopToken {
 public:
  using troupe_of_one_runtime = void;
  StopToken() noexcept = default;
  explicit StopToken(detail::StopState* state) noexcept : state_(state) {
    if (state_) ++state_->refs;
  }
  StopToken(const StopToken& other) noexcept : StopToken(other.state_) {}
  StopToken(StopToken&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  StopToken& operator=(StopToken other) noexcept { return std::swap(state_, other.state_), *this; }
  ~StopToken() {
    if (state_) state_->release();
  }
  /// Whether a stop was requested; it stays so.
  bool stop_requested() const noexcept { return state_ && state_->requested; }
  /// Whether it belongs to anything at all.
  bool stop_possible() const noexcept { return state_ != nullptr; }
  friend bool operator==(const StopToken&, const StopToken&) noexcept = default;

 private:
  template <class F, class... B> friend class StopCallback;
  detail::StopState* state_ = nullptr;
};

/// The asking end, for what is not a task. Its destructor requests nothing.
class StopSource {
 public:
  using troupe_of_one_runtime = void;
  /// @throws std::bad_alloc when there is no memory
  StopSource() : state_(new detail::StopState) {}
  StopSource(const StopSource&) = delete;
  ~StopSource() { state_->release(); }
  /// A token by which others see the request; it may outlive this source.
  StopToken token() const noexcept { return StopToken(state_); }
  /// Whether request_stop() was called.
  bool stop_requested() const noexcept { return state_->requested; }
  /// Requests the stop: runs the callbacks before it returns. (If requests are nested more than 200
  /// deep, callbacks of the inner ones run when the outermost request ends.) The first call counts;
  /// later ones do nothing.
  void request_stop() const noexcept {
    ++state_->refs;  // a callback may destroy this source
    auto* state = state_;
    state->request_flat();
    state->release();
  }

 private:
  detail::StopState* state_;
};

/// Calls `fn(bound...)` when a stop is requested, or at once if it was requested before. The
/// function runs inside `request_stop`; so, as in a destructor, it may call actors, answer Rets and
/// defer, and nothing else. It is not called after this object was destroyed. Not movable. An
/// exception out of `fn` ends the process.
template <class F, class... B>
class [[nodiscard("it forgets when it is destroyed")]] StopCallback : detail::StopLink {
 public:
  using troupe_of_one_runtime = void;
  explicit StopCallback(StopToken token, F fn, B... bound)
      : fn_{std::move(fn), detail::pack(std::move(bound)...)},
        state_(std::exchange(token.state_, nullptr)) {
    run = [](detail::StopLink* link) noexcept { static_cast<StopCallback*>(link)->fn_(); };
    if (state_) state_->add(*this);
  }
  StopCallback(const StopCallback&) = delete;
  ~StopCallback() {
    if (!state_) return;
    state_->remove(*this);
    state_->release();
  }

 private:
  struct Fn {
    F fn;
    detail::Pack<B...> bound;
    void operator()() {
      bound([&](auto&... b) { fn(std::move(b)...); });
    }
  } fn_;
  detail::StopState* state_;
};

}  // namespace troupe
