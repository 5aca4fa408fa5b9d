// core/record.hpp: what the queue holds: calls of actors and deferred functions, and how they are put there.
#pragma once
#include <troupe/base/escape.hpp>
#include <troupe/base/storable.hpp>
#include <troupe/core/actor.hpp>

namespace troupe::detail {

template <class F> std::byte* Record<F>::run(Core* core, std::byte* at) noexcept(noexcept(std::declval<F&>()(*core))) {
  F& f = std::launder(reinterpret_cast<Record*>(at))->function();
  if (core) [[likely]] {
    if constexpr (std::is_same_v<decltype(f(*core)), Held*>) {
      Held* const held = f(*core);
      f.~F();
      std::byte* const next = at + record_size<F>;
      return held ? Access::before_next(*core, held, next) : next;
    } else if constexpr (noexcept(f(*core))) {
      f(*core);
    } else {
      TROUPE_TRY { f(*core); }
      TROUPE_CATCH_ALL {
        f.~F();
        Access::running(*core)->resume_at(at + record_size<F>);
        TROUPE_RETHROW;
      }
    }
  }
  f.~F();
  return at + record_size<F>;
}

template <class F> void Access::hold(CxBase* b, F&& call, bool must_arrive) noexcept {
  using R = Record<std::remove_cvref_t<F>>;
  if (Held* h = add_held(b, sizeof(Held) + sizeof(R))) {
    ::new (static_cast<void*>(h + 1)) R{&R::run, std::move(call)};
  } else {
    DropScope why{Why::no_memory, b};
    { [[maybe_unused]] auto dies_here = std::move(call); }
    cannot_hold(b, must_arrive);
  }
}

// A turn of an actor: run it where the state allows, hold it for one in Prep, else drop what it carries. One in Prep
// may be ready then, and gives the calls that were held for it.
template <class How> using TurnResult = std::conditional_t<How::prep, Held*, void>;
template <class How, class Self, class Run>
TROUPE_INLINE TurnResult<How> turn(Core& core, CxBase* to, Self& self, Run&& run) noexcept {
  using Result = TurnResult<How>;
  if (Access::state(*to) != (How::prep ? ActorState::prep : ActorState::ready)) [[unlikely]]
    return self.miss(core), Result();
  [[maybe_unused]] const Access::Turn mark(core, to);
  if constexpr (How::nothrow) {
    run();
  } else {
    TROUPE_TRY { run(); }
    TROUPE_CATCH_ALL { return self.threw(), Result(); }
  }
  if constexpr (How::prep)
    return Access::settle(to, Access::take_flush(core));
  else if (Access::state(*to) != ActorState::ready) [[unlikely]]
    Access::leave(*to);
}

// A queued call names its box by a raw pointer: a dead box is freed only behind the chunk in which it died.
template <class How, class Args> struct Call {
  CxBase* to;
  [[no_unique_address]] Args args;
  TROUPE_INLINE TurnResult<How> operator()(Core& core) noexcept {
    return turn<How>(core, to, *this, [this] {
      args([this](auto&... x) {
        using R = decltype(How::invoke(to, std::move(x)...));
        if constexpr (std::is_void_v<R>)
          How::invoke(to, std::move(x)...);
        else
          HandlerResult<R>::take(*to, How::invoke(to, std::move(x)...));
      });
    });
  }
  [[gnu::noinline]] void miss(Core&) noexcept {
    if (!How::prep && Access::state(*to) == ActorState::prep) return Access::hold(to, std::move(*this), false);
    DropScope gone{Access::why_missed(*to), to};
    [[maybe_unused]] auto dies_here = std::move(args);
  }
  void threw() noexcept {
    if constexpr (std::is_trivially_destructible_v<Args>) {
      Access::thrown(*to);
    } else {
      const Access::Thrown ends(*to);
      [[maybe_unused]] auto dies_here = std::move(args);
    }
  }
};

// In the lazy and idle queues, whose chunks do not cover the graves of the main queue, a call counts its box.
template <class How, class Args> struct CountedCall {
  explicit CountedCall(CxBase* to, Args&& args) noexcept : call{to, std::move(args)} { Access::ref(to); }
  CountedCall(CountedCall&& other) noexcept : call{std::exchange(other.call.to, nullptr), std::move(other.call.args)} {}
  ~CountedCall() {
    if (call.to) Access::unref(call.to);
  }
  TurnResult<How> operator()(Core& core) noexcept { return call(core); }
  Call<How, Args> call;
};

// fn(bound...), with the actor and its context or the core in front where fn takes them.
template <class F, class Args> struct Deferred {
  [[no_unique_address]] F fn;
  [[no_unique_address]] Args bound;
  void operator()(Core& core) {
    bound([&](auto&... b) {
      if constexpr (std::is_invocable_v<F&, Core&, decltype(std::move(b))...>)
        fn(core, std::move(b)...);
      else
        fn(std::move(b)...);
    });
  }
};

template <class A> struct FunctionCall {  // call(actor, fn, bound...): fn(A&, Cx<A>&, bound...) or fn(A&, bound...)
  using actor = A;
  static constexpr bool prep = false, nothrow = false;
  template <class F, class... X> TROUPE_INLINE static decltype(auto) invoke(CxBase* box, F&& fn, X&&... x) {
    if constexpr (std::is_invocable_v<F, A&, Cx<A>&, X...>)
      return fn(*Access::state_of<A>(box), *static_cast<Cx<A>*>(box), std::forward<X>(x)...);
    else
      return fn(*Access::state_of<A>(box), std::forward<X>(x)...);
  }
};

// What was refused dies here, and the Rets inside hear why.
template <class... X> TROUPE_COLD void refuse(Why why, X&&... x) {
  DropScope scope{why};
  [[maybe_unused]] auto dies_here = pack(std::forward<X>(x)...);
}

template <class A>
TROUPE_INLINE void prefetch(const CxBase* b) noexcept {  // header and small state may lie across two lines
  __builtin_prefetch(b, 1);
  __builtin_prefetch(reinterpret_cast<const char*>(b) + (box_size<A> < 64 ? box_size<A> - 1 : 64), 1);
}

template <class How, class... X> TROUPE_INLINE void enqueue(CxBase* to, X&&... x) {
  using C = Call<How, Pack<X...>>;
  using R = Record<C>;
  CallQueue& q = Access::main(Access::core_of(to));
  q.push<record_size<C>>([&](void* p) { ::new (p) R{&R::run, {to, pack(std::forward<X>(x)...)}}; },
                         [&] { refuse(q.refusal(), std::forward<X>(x)...); });
  prefetch<typename How::actor>(to);
}

// Into the lazy or idle queue.
template <class How, class... X> void enqueue_counted(CallQueue& q, CxBase* to, X&&... x) {
  using C = CountedCall<How, Pack<X...>>;
  using R = Record<C>;
  q.push<record_size<C>>([&](void* p) { ::new (p) R{&R::run, C(to, pack(std::forward<X>(x)...))}; },
                         [&] { refuse(q.refusal(), std::forward<X>(x)...); });
}

template <class F, class... B> void enqueue_function(CallQueue& q, F fn, B... b) {
  using D = Deferred<F, Pack<B...>>;
  using R = Record<D>;
  q.push<record_size<D>>([&](void* p) { ::new (p) R{&R::run, {std::move(fn), pack(std::move(b)...)}}; },
                         [&] { refuse(q.refusal(), std::move(b)...); });
}

}  // namespace troupe::detail
