// task/foreign_frame.hpp: what foreign code is handed instead of our coroutine: a frame that only
// wakes it. (internal)
//
// Resumed from any thread at any moment, inside await_suspend too, it does nothing but wake our
// task on its own runtime; destroyed, it means that nothing will come. The synthetic frame is a
// frame's header made by hand, as GCC, Clang and MSVC all lay it out; TROUPE_CONFORMING_FOREIGN
// puts a real coroutine in its place, which costs an allocation an await.
#pragma once
#include <cstddef>
#include <memory>
#include <troupe/task/stop_token.hpp>
#include <troupe/task/strand.hpp>

namespace troupe::detail {

struct ForeignPromise : ForeignState {
  ForeignPromise(Strand& s, const Ops& o, bool r) noexcept
      : ForeignState(o, r), strand(std::addressof(s)), inbox(kernel_of(*s.core).inbox) {}

  /// For senders: completed stopped.
  std::coroutine_handle<> unhandled_stopped() noexcept {
    fire(lost);
    return std::noop_coroutine();
  }
  /// For awaitables that ask the coroutine which waits for them: the token of our task. On our
  /// thread.
  StopToken stop_token() const { return StopToken(std::addressof(strand->stop_state())); }
  void fire(Fired how) noexcept;  // any thread

  Strand* strand;
  Inbox* inbox;
  struct Node : Inbox::Node {
    ForeignPromise* promise;
  } node;

 private:
  [[gnu::noinline]] void fire_from_afar() noexcept;
};

#if TROUPE_CONFORMING_FOREIGN
struct AdapterPromise;
using Seen = AdapterPromise;  // the promise that foreign code can see
struct Adapter {
  using promise_type = AdapterPromise;
  std::coroutine_handle<AdapterPromise> handle;
};
struct AdapterPromise {
  AdapterPromise(ForeignPromise& s, std::coroutine_handle<AdapterPromise>* m) noexcept
      : state(std::addressof(s)), mine(m) {}
  ~AdapterPromise() {
    if (!mine) return;
    *mine = nullptr;
    state->fire(ForeignPromise::lost);
  }
  Adapter get_return_object() noexcept {
    return {std::coroutine_handle<AdapterPromise>::from_promise(*this)};
  }
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_void() noexcept {}
  void unhandled_exception() noexcept {}
  std::coroutine_handle<> unhandled_stopped() noexcept { return state->unhandled_stopped(); }
  StopToken stop_token() const { return state->stop_token(); }
  ForeignPromise* state;
  std::coroutine_handle<AdapterPromise>*
      mine;  // in the awaiting task, which destroys it; null while it does
};
struct AdapterResumed {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<AdapterPromise> h) const noexcept {
    h.promise().state->fire(ForeignPromise::resumed);
  }
  void await_resume() const noexcept {}
};
inline Adapter adapt(ForeignPromise&, std::coroutine_handle<AdapterPromise>*) {
  for (;;) co_await AdapterResumed();  // a second time is a misuse that is counted
}
struct ForeignFrame {
  ForeignFrame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on) noexcept
      : promise(s, ops, goes_on) {}
  ~ForeignFrame() {
    if (!mine) return;
    mine.promise().mine = nullptr;
    mine.destroy();
  }
  ForeignPromise promise;
  std::coroutine_handle<AdapterPromise> mine;
  std::coroutine_handle<AdapterPromise> handle() { return mine = adapt(promise, &mine).handle; }
};
// What handle() has given, while nobody has destroyed it.
inline std::coroutine_handle<> handle_of(ForeignPromise& promise) noexcept {
  return reinterpret_cast<ForeignFrame*>(std::addressof(promise))->mine;  // its first member
}
#else
using Seen = ForeignPromise;       // the promise that foreign code can see
struct alignas(16) ForeignFrame {  // the header of a frame, then its promise
  ForeignFrame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on) noexcept
      : promise(s, ops, goes_on) {}
  void (*resume)(void*) = [](void* f) {
    static_cast<ForeignFrame*>(f)->promise.fire(ForeignPromise::resumed);
  };
  void (*destroy)(void*) = [](void* f) {
    static_cast<ForeignFrame*>(f)->promise.fire(ForeignPromise::lost);
  };
  ForeignPromise promise;
  std::coroutine_handle<ForeignPromise> handle() noexcept {
    void* p = this;
    asm volatile(""
                 : "+r"(p)
                 :
                 : "memory");  // without it Clang 19 sees through at -O2 and miscompiles
    return std::coroutine_handle<ForeignPromise>::from_address(p);
  }
};
static_assert(sizeof(void*) * 2 == 16);
// What handle() has given.
inline std::coroutine_handle<> handle_of(ForeignPromise& promise) noexcept {
  static_assert(alignof(ForeignPromise) <= 16);  // so it is right behind the header
  return reinterpret_cast<ForeignFrame*>(reinterpret_cast<std::byte*>(&promise) - 16)->handle();
}
#endif

#if TROUPE_DEBUG && !TROUPE_CONFORMING_FOREIGN
// Debug builds keep the last frames for a while, so that a second resume after the awaiter has gone
// is counted too.
inline constexpr std::size_t quarantined_frames = 1024;
ForeignFrame* lend_frame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on);
struct QuarantineFrame {
  void operator()(ForeignFrame* frame) const noexcept;
};
class LentFrame {
 public:
  LentFrame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on)
      : frame_(lend_frame(s, ops, goes_on)) {}
  ForeignPromise& promise() noexcept { return frame_->promise; }
  auto handle() noexcept { return frame_->handle(); }

 private:
  std::unique_ptr<ForeignFrame, QuarantineFrame> frame_;
};
#else
class LentFrame {
 public:
  LentFrame(Strand& s, const ForeignPromise::Ops& ops, bool goes_on) noexcept
      : frame_(s, ops, goes_on) {}
  ForeignPromise& promise() noexcept { return frame_.promise; }
  auto handle() { return frame_.handle(); }

 private:
  ForeignFrame frame_;
};
#endif

// How often foreign code has resumed or destroyed what had fired before.
std::uint64_t count_of_misuses() noexcept;

}  // namespace troupe::detail
