// task/stop.hpp: asking to stop without ending at once, and leaving a word when a task is dropped.
//
// A task that is dropped ends where it waits; nothing of it runs any more. Three things soften that. A stop token says,
// to whom it was given, that a task was asked to stop or dropped. `request_stop` asks and lets the task finish by
// itself. `on_drop` holds what must be sent when the task is dropped, since a destructor cannot await.
#pragma once
#include <troupe/core/bound.hpp>
#include <troupe/core/call.hpp>
#include <troupe/task/wake.hpp>

namespace troupe {

namespace detail {
struct StopLink {  // a callback, in the list of its state
  void (*run)(StopLink*) noexcept = nullptr;
  StopLink *prev = nullptr, *next = nullptr;
};
struct StopState {
  std::uint32_t refs = 1;
  bool requested = false;
  StopLink* links = nullptr;
  StopState* later = nullptr;            // in the list of those whose callbacks were put off
  void add(StopLink& link) noexcept;     // or runs it, if it was requested before
  void remove(StopLink& link) noexcept;  // also from inside a callback
  void request() noexcept;               // runs each callback once, the latest first
  void request_flat() noexcept;          // the same; nested deep in others, behind the outermost of them
  void release() noexcept {
    if (--refs == 0) free();
  }
  void free() noexcept;  // compiled: GCC 12 at -O3 takes each release for the last
};
}  // namespace detail

/// Says whether a stop was requested. A counted value of 8 bytes that outlives what it was made from; one thread, no
/// atomics (std_stop.hpp joins it to std::stop_token). Empty by default: nothing will ever be requested.
class StopToken {
 public:
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
  /// Throws bad_alloc.
  StopSource() : state_(new detail::StopState) {}
  StopSource(const StopSource&) = delete;
  ~StopSource() { state_->release(); }
  /// A token by which others see the request; it may outlive this source.
  StopToken token() const noexcept { return StopToken(state_); }
  /// Whether request_stop() was called.
  bool stop_requested() const noexcept { return state_->requested; }
  /// Requests the stop: runs the callbacks before it returns. (If requests are nested more than 200 deep, callbacks of
  /// the inner ones run when the outermost request ends.) The first call counts; later ones do nothing.
  void request_stop() const noexcept {
    ++state_->refs;  // a callback may destroy this source
    auto* state = state_;
    state->request_flat();
    state->release();
  }

 private:
  detail::StopState* state_;
};

/// Calls `fn(bound...)` when a stop is requested, or at once if it was requested before. The function runs inside
/// `request_stop`; so, as in a destructor, it may call actors, answer Rets and defer, and nothing else. It is not
/// called after this object was destroyed. Not movable. An exception out of `fn` ends the process.
template <class F, class... B> class [[nodiscard("it forgets when it is destroyed")]] StopCallback : detail::StopLink {
 public:
  explicit StopCallback(StopToken token, F fn, B... bound)
      : fn_{std::move(fn), detail::pack(std::move(bound)...)}, state_(std::exchange(token.state_, nullptr)) {
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

namespace detail {
// Asked of the awaiting task itself: `co_await` gives what enter(Strand&) gives, and does not suspend.
struct TokenOfTask {
  StopToken enter(Strand& s) const { return StopToken(std::addressof(s.stop_state())); }
};
struct RefOfTask {
  TaskRef enter(Strand& s) const noexcept { return s.ref(); }
};
}  // namespace detail

/// `StopToken token = co_await stop_token();` of the task that runs. Requested when the task is dropped (cancelled, its
/// actor ends, a reply is lost), before its locals die, or by `TaskRef::request_stop` of it or of the task that awaits
/// it as its part. Throws bad_alloc when it is first asked for.
inline detail::TokenOfTask stop_token() noexcept { return {}; }
/// `TaskRef self = co_await this_task();`
inline detail::RefOfTask this_task() noexcept { return {}; }

/// What `co_await on_drop(...)` gives: a local whose destructor calls the function if the coroutine is being dropped.
/// It does not call it where the block is left in the usual way or by an exception. It may be moved and returned, and
/// then belongs to the coroutine that holds it; where no coroutine holds it, the function is not called.
template <class F, class... B> class [[nodiscard("keep it in a local of the coroutine")]] OnDrop {
 public:
  OnDrop(F fn, detail::Pack<B...> bound) : fn_(std::move(fn)), bound_(std::move(bound)) {}
  OnDrop(OnDrop&& other)
      : fn_(std::move(other.fn_)), bound_(std::move(other.bound_)), armed_(std::exchange(other.armed_, false)) {}
  ~OnDrop() {
    if (!armed_ || !detail::FrameDrop::goes_on()) return;
    TROUPE_TRY {
      bound_([&](auto&... b) { fn_(std::move(b)...); });
    }
    TROUPE_CATCH_ALL { detail::FrameDrop::note(std::current_exception()); }
  }
  /// It is no longer needed.
  void dismiss() noexcept { armed_ = false; }

 private:
  F fn_;
  detail::Pack<B...> bound_;
  bool armed_ = true;
};
namespace detail {
template <class F, class... B> struct MakeOnDrop {
  MakeOnDrop(F f, B... b) : fn(std::move(f)), bound(pack(std::move(b)...)) {}
  OnDrop<F, B...> enter(Strand&) { return OnDrop<F, B...>(std::move(fn), std::move(bound)); }
  F fn;
  Pack<B...> bound;
};
}  // namespace detail

/// `auto undo = co_await on_drop(fn, bound...);` registers a function that is called if this coroutine is dropped while
/// `undo` lives: the destructor of `undo` then calls `fn(bound...)`, which may call actors, answer Rets and defer. A
/// task is dropped with all the coroutines that it awaits; a generator also if it is destroyed between two items, by
/// any code. An exception out of `fn` is logged at level Error.
/// @param fn a function or captureless lambda
template <class F, class... B>
  requires detail::good_function<F, B...> && std::is_invocable_v<F&, B...> && detail::none_dies_twice<F, B...>
auto on_drop(F fn, B... bound) {
  return detail::MakeOnDrop<F, B...>(std::move(fn), std::move(bound)...);
}
// clang-format off
#if TROUPE_GCC_12
// What an aggregate among the arguments asks for: a copy of one that has a name.
template <class F, class... B> requires detail::named_first<F, B...> && detail::good_function<std::decay_t<F>, std::decay_t<B>...>
auto on_drop(F&& fn, B&&... bound) {
  return detail::MakeOnDrop<std::decay_t<F>, std::decay_t<B>...>(std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(bound))...);
}
template <class F, class... B, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::made_beside<F, B...> && detail::good_function<std::decay_t<F>, std::decay_t<B>...>
detail::Refused on_drop(F&&, B&&...) = delete;  // see Mistake
#endif
template <class F, class... B, class Mistake = detail::FunctionMistake<std::decay_t<F>, std::decay_t<B>...>> requires(!detail::good_function<std::decay_t<F>, std::decay_t<B>...>)
detail::Refused on_drop(F&&, B&&...) = delete;  // see Mistake
// clang-format on

}  // namespace troupe
