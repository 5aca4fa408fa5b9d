// core/answer.hpp: the answer of a Ret as a record of the queue: with the value, or with the
// failure. (internal)
//
// A Reply<T...> is built only when the handler is called, so the record stays small. What a failure
// needs is reserved when the Ret is made, in one compiled record of fixed size, so that dropping a
// Ret in a destructor never needs memory.
#pragma once
#include <troupe/core/bound.hpp>
#include <troupe/core/nesting.hpp>
#include <troupe/core/queued_call.hpp>
#include <troupe/core/wanted_query.hpp>

namespace troupe::detail {

// The failure's record: large bound arguments stay in their cell until it runs. Compiled once, for
// all methods.
struct FailAnswer {
  using Deliver = void (*)(Box* to, Words bound,
                           ActorFail* why);  // why null: only destroys the bound arguments
  FailAnswer(Deliver d, Box* b, Words w, const ActorFail& f, bool p) noexcept
      : deliver(d), to(b), bound(w), why(f), prep(p) {}
  FailAnswer(FailAnswer&& o) noexcept
      : deliver(std::exchange(o.deliver, nullptr)),
        to(o.to),
        bound(o.bound),
        why(std::move(o.why)),
        prep(o.prep) {}
  ~FailAnswer() {
    if (deliver) deliver(to, bound, nullptr);
  }
  HeldCalls operator()(Core& core) noexcept;
  Deliver deliver;
  Box* to;
  Words bound;
  ActorFail why;
  bool prep;
};
// The record of a reason without an actor and its error: no larger than a call that carries a Ret,
// which it may replace.
struct ShortFailAnswer {
  ShortFailAnswer(FailAnswer::Deliver d, Box* b, Words w, Why f, bool p) noexcept
      : deliver(d), to(b), bound(w), why(f), prep(p) {}
  ShortFailAnswer(const ShortFailAnswer&) = delete;
  ~ShortFailAnswer() {
    if (deliver) deliver(to, bound, nullptr);
  }
  HeldCalls operator()(Core& core) noexcept {
    return FailAnswer(std::exchange(deliver, nullptr), to, bound, ActorFail(why), prep)(core);
  }
  FailAnswer::Deliver deliver;
  Box* to;
  Words bound;
  Why why;
  bool prep;
};
inline constexpr std::size_t fail_size = record_size<FailAnswer>,
                             short_fail_size = record_size<ShortFailAnswer>;
static_assert(short_fail_size == 48);
// Queues it in the room that was reserved; once the queue is closed, only the bound arguments die.
void fail_answer(FailAnswer::Deliver deliver, Box* to, Words bound, const ActorFail& why,
                 bool prep) noexcept;

template <class Invoke, class B, class R> TROUPE_INLINE void deliver(Box* to, B& bound, R&& reply) {
  bound([&](auto&... b) {
    using Result = decltype(Invoke::invoke(*to, std::move(b)..., std::move(reply)));
    if constexpr (std::is_void_v<Result>)
      Invoke::invoke(*to, std::move(b)..., std::move(reply));
    else
      HandlerResult<Result>::take(*to, Invoke::invoke(*to, std::move(b)..., std::move(reply)));
  });
}

template <class Invoke, class B, class V, class... T> struct Answer {
  Box* to;
  [[no_unique_address]] B bound;
  [[no_unique_address]] V value;
  TROUPE_INLINE TurnResult<Invoke> operator()(Core& core) noexcept {
    return turn<Invoke>(core, *to, *this, [this] {
      deliver<Invoke>(to, bound, value([](auto&... v) -> Reply<T...> {
                        if constexpr (sizeof...(T) == 0)
                          return {};
                        else
                          return Reply<T...>(std::in_place, std::move(v)...);
                      }));
    });
  }
  [[gnu::noinline]] void miss(Core&) noexcept {
    if (!Invoke::prep && to->state == ActorState::prep) return hold(*to, std::move(*this), true);
    DropScope gone{to->why_missed(), to};
    [[maybe_unused]] B dies_here = std::move(bound);
    [[maybe_unused]] V and_here = std::move(value);
  }
  void threw() noexcept {
    const Thrown ends(*to);
    [[maybe_unused]] B dies_here = std::move(bound);
    [[maybe_unused]] V and_here = std::move(value);
  }
};

template <class Invoke, bool Some, bool Inline, class B, class... T> struct ToActor {
  using Storage = Bound<B, Inline>;
  static void answer(Box* to, Words w, const ActorFail* why, T*... v) {
    if constexpr (Some) {
      if (is_query(why)) [[unlikely]] {
        static_cast<const WantedQuery*>(why)->tells_failure = false;
        return;
      }
      if (why)
        forget(w);
      else
        Storage::with(w, [&](B& b) {
          b([&](auto&... x) { enqueue<Invoke>(to, std::move(x)..., std::move(*v)...); });
        });
    } else if (!why) [[likely]] {
      using A = Answer<Invoke, B, Pack<T...>, T...>;
      using R = Record<A>;
      CallQueue& q = to->kernel().here().main;
      q.push<record_size<A>>(
          [&](void* p) {
            Storage::with(w, [&](B& b) {
              ::new (p) R{&R::run, {to, std::move(b), detail::pack(std::move(*v)...)}};
            });
            q.unreserve(fail_size);
          },
          [&] { fail_answer(&failed, to, w, ActorFail(q.refusal()), Invoke::prep); });
    } else {
      if (is_query(why)) [[unlikely]]
        return;
      fail_answer(&failed, to, w, *why, Invoke::prep);
    }
    to->unref();
  }
  static void failed(Box* to, Words w, ActorFail* why) {
    if (!why) return forget(w);
    Storage::with(
        w, [&](B& b) { deliver<Invoke>(to, b, Reply<T...>(std::unexpected(std::move(*why)))); });
  }
  static void forget(Words w) {  // the bound arguments go, which may be other Rets
    if constexpr (std::is_trivially_destructible_v<B>)
      Storage::with(w, [](B&) {});
    else
      Nesting::within([w] { Storage::with(w, [](B&) {}); });
  }
};

}  // namespace troupe::detail
