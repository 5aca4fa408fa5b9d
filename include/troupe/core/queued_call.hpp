// core/queued_call.hpp: calls of actors as records of the queue. (internal)
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/core/deferred.hpp>
#include <troupe/core/method.hpp>
#include <troupe/core/turn.hpp>

namespace troupe::detail {

// A queued call names its box by a raw pointer: a dead box is freed only behind the chunk in which
// it died.
template <class Invoke, class Args> struct Call {
  Box* to;
  [[no_unique_address]] Args args;
  TROUPE_INLINE TurnResult<Invoke> operator()(Core& core) noexcept {
    return turn<Invoke>(core, *to, *this, [this] {
      args([this](auto&... x) {
        using R = decltype(Invoke::invoke(*to, std::move(x)...));
        if constexpr (std::is_void_v<R>)
          Invoke::invoke(*to, std::move(x)...);
        else
          HandlerResult<R>::take(*to, Invoke::invoke(*to, std::move(x)...));
      });
    });
  }
  [[gnu::noinline]] void miss(Core&) noexcept {
    if (!Invoke::prep && to->state == ActorState::prep) return hold(*to, std::move(*this), false);
    DropScope gone{to->why_missed(), to};
    [[maybe_unused]] auto dies_here = std::move(args);
  }
  void threw() noexcept {
    if constexpr (std::is_trivially_destructible_v<Args>) {
      thrown(*to);
    } else {
      const Thrown ends(*to);
      [[maybe_unused]] auto dies_here = std::move(args);
    }
  }
};

// In the lazy and idle queues, whose chunks do not cover the graves of the main queue, a call
// counts its box.
template <class Invoke, class Args> struct CountedCall {
  explicit CountedCall(Box* to, Args&& args) noexcept : call{to, std::move(args)} { to->ref(); }
  CountedCall(CountedCall&& other) noexcept
      : call{std::exchange(other.call.to, nullptr), std::move(other.call.args)} {}
  ~CountedCall() {
    if (call.to) call.to->unref();
  }
  TurnResult<Invoke> operator()(Core& core) noexcept { return call(core); }
  Call<Invoke, Args> call;
};

template <class A>
struct FunctionCall {  // call(actor, fn, bound...): fn(A&, Cx<A>&, bound...) or fn(A&, bound...)
  using actor = A;
  static constexpr bool prep = false, nothrow = false;
  template <class F, class... X>
  TROUPE_INLINE static decltype(auto) invoke(Box& box, F&& fn, X&&... x) {
    if constexpr (std::is_invocable_v<F, A&, Cx<A>&, X...>)
      return fn(*box.template state_of<A>(), CxDoor::as<Cx<A>>(box), std::forward<X>(x)...);
    else
      return fn(*box.template state_of<A>(), std::forward<X>(x)...);
  }
};

template <class A>
TROUPE_INLINE void prefetch(
    const Box* b) noexcept {  // header and small state may lie across two lines
  __builtin_prefetch(b, 1);
  __builtin_prefetch(reinterpret_cast<const char*>(b) + (box_size<A> < 64 ? box_size<A> - 1 : 64),
                     1);
}

template <class Invoke, class... X> TROUPE_INLINE void enqueue(Box* to, X&&... x) {
  using C = Call<Invoke, Pack<X...>>;
  using R = Record<C>;
  CallQueue& q = to->kernel().here().main;
  q.push<record_size<C>>(
      [&](void* p) { ::new (p) R{&R::run, {to, detail::pack(std::forward<X>(x)...)}}; },
      [&] { detail::refuse(q.refusal(), std::forward<X>(x)...); });
  prefetch<typename Invoke::actor>(to);
}

// Into the lazy or idle queue.
template <class Invoke, class... X> void enqueue_counted(CallQueue& q, Box* to, X&&... x) {
  using C = CountedCall<Invoke, Pack<X...>>;
  using R = Record<C>;
  q.push<record_size<C>>(
      [&](void* p) { ::new (p) R{&R::run, C(to, detail::pack(std::forward<X>(x)...))}; },
      [&] { detail::refuse(q.refusal(), std::forward<X>(x)...); });
}

}  // namespace troupe::detail
