// core/ret_to.hpp: Rets whose answer is a call to an actor: `ret_to`, `ret_some_to`.
//
// The answer is a record of the queue like any call; a Reply<T...> is built only when the handler is called, so the
// record stays small. What a failure needs is reserved when the Ret is made, in one compiled record of fixed size, so
// that dropping a Ret in a destructor never needs memory.
#pragma once
#include <troupe/core/bound.hpp>
#include <troupe/core/call.hpp>
#include <troupe/core/nesting.hpp>

namespace troupe {

namespace detail {
// The failure's record: large bound arguments stay in their cell until it runs. Compiled once, for all methods.
struct FailAnswer {
  using Deliver = void (*)(CxBase* to, Words bound, ActorFail* why);  // why null: only destroys the bound arguments
  FailAnswer(Deliver d, CxBase* b, Words w, const ActorFail& f, bool p) noexcept
      : deliver(d), to(b), bound(w), why(f), prep(p) {}
  FailAnswer(FailAnswer&& o) noexcept
      : deliver(std::exchange(o.deliver, nullptr)), to(o.to), bound(o.bound), why(std::move(o.why)), prep(o.prep) {}
  ~FailAnswer() {
    if (deliver) deliver(to, bound, nullptr);
  }
  Held* operator()(Core& core) noexcept;
  Deliver deliver;
  CxBase* to;
  Words bound;
  ActorFail why;
  bool prep;
};
// The same for a reason without an actor and its error: no larger than a call that carries a Ret, which it may replace.
struct ShortFailAnswer {
  ShortFailAnswer(FailAnswer::Deliver d, CxBase* b, Words w, Why f, bool p) noexcept
      : deliver(d), to(b), bound(w), why(f), prep(p) {}
  ShortFailAnswer(const ShortFailAnswer&) = delete;
  ~ShortFailAnswer() {
    if (deliver) deliver(to, bound, nullptr);
  }
  Held* operator()(Core& core) noexcept {
    return FailAnswer(std::exchange(deliver, nullptr), to, bound, ActorFail(why), prep)(core);
  }
  FailAnswer::Deliver deliver;
  CxBase* to;
  Words bound;
  Why why;
  bool prep;
};
inline constexpr std::size_t fail_size = record_size<FailAnswer>, short_fail_size = record_size<ShortFailAnswer>;
static_assert(short_fail_size == 48);
// Queues it in the room that was reserved; once the queue is closed, only the bound arguments die.
void fail_answer(FailAnswer::Deliver deliver, CxBase* to, Words bound, const ActorFail& why, bool prep) noexcept;

template <class How, class B, class R> TROUPE_INLINE void deliver(CxBase* to, B& bound, R&& reply) {
  bound([&](auto&... b) {
    using Result = decltype(How::invoke(to, std::move(b)..., std::move(reply)));
    if constexpr (std::is_void_v<Result>)
      How::invoke(to, std::move(b)..., std::move(reply));
    else
      HandlerResult<Result>::take(*to, How::invoke(to, std::move(b)..., std::move(reply)));
  });
}

template <class How, class B, class V, class... T> struct Answer {
  CxBase* to;
  [[no_unique_address]] B bound;
  [[no_unique_address]] V value;
  TROUPE_INLINE TurnResult<How> operator()(Core& core) noexcept {
    return turn<How>(core, to, *this, [this] {
      deliver<How>(to, bound, value([](auto&... v) -> Reply<T...> {
                     if constexpr (sizeof...(T) == 0)
                       return {};
                     else
                       return Reply<T...>(std::in_place, std::move(v)...);
                   }));
    });
  }
  [[gnu::noinline]] void miss(Core&) noexcept {
    if (!How::prep && Access::state(*to) == ActorState::prep) return Access::hold(to, std::move(*this), true);
    DropScope gone{Access::why_missed(*to), to};
    [[maybe_unused]] B dies_here = std::move(bound);
    [[maybe_unused]] V and_here = std::move(value);
  }
  void threw() noexcept {
    const Access::Thrown ends(*to);
    [[maybe_unused]] B dies_here = std::move(bound);
    [[maybe_unused]] V and_here = std::move(value);
  }
};

template <class How, bool Some, bool Inline, class B, class... T> struct ToActor {
  using Bd = Bound<B, Inline>;
  static void answer(CxBase* to, Words w, const ActorFail* why, T*... v) {
    if constexpr (Some) {
      if (is_query(why)) [[unlikely]] {
        static_cast<const WantedQuery*>(why)->tells_failure = false;
        return;
      }
      if (why)
        forget(w);
      else
        Bd::with(w, [&](B& b) { b([&](auto&... x) { enqueue<How>(to, std::move(x)..., std::move(*v)...); }); });
    } else if (!why) [[likely]] {
      using A = Answer<How, B, Pack<T...>, T...>;
      using R = Record<A>;
      CallQueue& q = Access::main(Access::core_of(to));
      q.push<record_size<A>>(
          [&](void* p) {
            Bd::with(w, [&](B& b) { ::new (p) R{&R::run, {to, std::move(b), pack(std::move(*v)...)}}; });
            q.unreserve(fail_size);
          },
          [&] { fail_answer(&failed, to, w, ActorFail(q.refusal()), How::prep); });
    } else {
      if (is_query(why)) [[unlikely]]
        return;
      fail_answer(&failed, to, w, *why, How::prep);
    }
    Access::unref(to);
  }
  static void failed(CxBase* to, Words w, ActorFail* why) {
    if (!why) return forget(w);
    Bd::with(w, [&](B& b) { deliver<How>(to, b, Reply<T...>(std::unexpected(std::move(*why)))); });
  }
  static void forget(Words w) {  // the bound arguments go, which may be other Rets
    if constexpr (std::is_trivially_destructible_v<B>)
      Bd::with(w, [](B&) {});
    else
      Nesting::within([w] { Bd::with(w, [](B&) {}); });
  }
};

// The types that a Ret carries, read off the parameters behind the bound ones.
template <class Rest> struct reply_types;
template <class T> struct reply_types<Types<std::expected<T, ActorFail>>> {
  using type = Types<T>;
};
template <> struct reply_types<Types<std::expected<void, ActorFail>>> {
  using type = Types<>;
};
template <class... T> struct reply_types<Types<std::expected<std::tuple<T...>, ActorFail>>> {
  using type = Types<T...>;
};
template <std::size_t N, class Params> using rest_of = decltype(drop_types<N>(Params{}));
template <auto M, class... B>
concept a_reply_follows_the_bound_arguments =
    requires { typename reply_types<rest_of<sizeof...(B), typename Method<decltype(M)>::params>>::type; };
template <std::size_t N, class Params> struct nth_type;
template <class P, class... Rest> struct nth_type<0, Types<P, Rest...>> {
  using type = P;
};
template <std::size_t N, class P, class... Rest>
struct nth_type<N, Types<P, Rest...>> : nth_type<N - 1, Types<Rest...>> {};
template <class Params, class Indices, class... B> inline constexpr bool first_convert = false;
template <class Params, std::size_t... I, class... B>
inline constexpr bool first_convert<Params, std::index_sequence<I...>, B...> =
    (fits<typename nth_type<I, Params>::type, B> && ...);
template <auto M, class... B>
concept bound_arguments_convert =
    sizeof...(B) <= Method<decltype(M)>::params::size &&
    first_convert<typename Method<decltype(M)>::params, std::make_index_sequence<sizeof...(B)>, B...>;
template <class To, auto M, class... B>
concept good_receiver = a_target<To> && handler<M> && has_that_method<To, M> && bound_arguments_convert<M, B...> &&
                        every_parameter_owns_its_value<StoredFor<M, B...>>;
template <class To, auto M, class... B>
concept good_ret_to = good_receiver<To, M, B...> && a_reply_follows_the_bound_arguments<M, B...>;

template <bool Good, class Otherwise, class To, auto M, class... B> auto find_receiver_mistake() {
  using Target = decltype(mistake_in_target<To, M>());
  if constexpr (Good)
    return no_mistake{};
  else if constexpr (!std::is_same_v<Target, no_mistake>)
    return Target{};
  else if constexpr (lends<B...>)
    return scoped_lends_to_a_child_of_a_Scope_and_to_nothing_else_pass_what_owns{};
  else if constexpr (sizeof...(B) > Method<decltype(M)>::params::size)
    return the_method_takes_another_number_of_arguments{};
  else if constexpr (!every_parameter_owns_its_value<StoredFor<M, B...>>)
    return mistake_in_parameters(StoredFor<M, B...>{});
  else if constexpr (!bound_arguments_convert<M, B...>)
    return an_argument_does_not_convert_to_its_parameter_or_lacks_std_move{};
  else
    return Otherwise{};
}
template <class To, auto M, class... B>
using RetToMistake =
    decltype(find_receiver_mistake<good_ret_to<To, M, B...>,
                                   the_method_must_end_in_one_Reply_behind_the_bound_arguments_or_say_ret_some_to, To,
                                   M, B...>());
template <class To, auto M, class... B>
using ReceiverMistake = decltype(find_receiver_mistake<good_receiver<To, M, B...>, no_mistake, To, M, B...>());

template <class How, bool Some, class... P, class... T, class... X>
TROUPE_INLINE Ret<T...> make_ret(Types<P...>, Types<T...>, CxBase* box, std::string_view site, X&&... x) {
  using To = ToActor<How, Some, fits_words<P...>, Pack<P...>, T...>;
  Core& core = Access::core_of(box);
  CallQueue& q = Access::main(core);
  if constexpr (!Some) {
    if (!q.reserve(fail_size)) [[unlikely]]
      TROUPE_THROW(std::bad_alloc{});
  }
  Words w;
  if constexpr (fits_words<P...> && (std::is_nothrow_constructible_v<P, X&&> && ...)) {
    w = To::Bd::put(std::addressof(core), P(std::forward<X>(x))...);
  } else {
    TROUPE_TRY { w = To::Bd::put(std::addressof(core), P(std::forward<X>(x))...); }
    TROUPE_CATCH_ALL {
      if constexpr (!Some) q.unreserve(fail_size);
      TROUPE_RETHROW;
    }
  }
  Access::ref(box);
  return Ret<T...>(&To::answer, box, w, site);
}
template <std::size_t N, class Params> struct take_types;
template <class... P> struct take_types<0, Types<P...>> {
  using type = Types<>;
};
template <std::size_t N, class P, class... Rest>
  requires(N > 0)
struct take_types<N, Types<P, Rest...>> {
  template <class... Q> static Types<P, Q...> add(Types<Q...>);
  using type = decltype(add(typename take_types<N - 1, Types<Rest...>>::type{}));
};
}  // namespace detail

/// A Ret whose answer calls `M(cx, bound..., Reply<T...>)` on the target, with the value or the failure: `call<&Light::
/// query>(light, ret_to<&Flasher::recv>(cx, 7))`. The types of the Ret are read off the method's last parameter.
/// @param to an actor, or the handler's own `Cx` or `Prep`. With a Prep the answer goes to a preparing handler
/// (static); it is discarded if the actor has become ready before
/// @param bound converted here to the method's first parameters; up to 16 bytes of relocatable values need no memory
/// @throws std::bad_alloc when no room in the queue can be reserved for a failure, or `bound` finds no memory
/// Errors: an answer to an actor that has ended is dropped; to one in Prep it is held. Where the queue cannot take the
/// answer, the method gets a failure in its place, for which room was reserved: `no_memory`, or `overloaded` at the
/// bound of `Runtime::set_max_queued`. Cost: about 70 instructions and no allocation in steady state, the answer
/// included.
template <auto M, class To, class... B>
  requires detail::good_ret_to<To, M, B...>
TROUPE_INLINE auto ret_to(To&& to, B&&... bound) {  // one of an overloaded method: ret_to<with<Reply<int>>(&A::m)>(...)
  using Params = detail::StoredFor<M, B...>;
  return detail::make_ret<detail::CallOf<To, M>, false>(
      typename detail::take_types<sizeof...(B), Params>::type{},
      typename detail::reply_types<detail::rest_of<sizeof...(B), Params>>::type{}, detail::target_box(to),
      detail::signature_with<detail::CallOf<To, M>>(), std::forward<B>(bound)...);
}

/// A Ret whose answer calls `M(cx, bound..., T...)` on the target. If no answer comes, nothing is called. So no room is
/// reserved for a failure, and an answer that the queue cannot take (no memory, or at its bound) is dropped.
/// @param to an actor, or the handler's own `Cx` or `Prep`; an answer to an actor that has ended is dropped, to one in
/// Prep held
/// @param bound converted here to the method's first parameters; up to 16 bytes of relocatable values need no memory
/// @throws std::bad_alloc where `bound` needs a cell of the pool, and there is no memory for it
template <auto M, class To, class... B>
  requires detail::good_receiver<To, M, B...>
TROUPE_INLINE auto ret_some_to(To&& to, B&&... bound) {  // as ret_to<with<Reply<int>>(&A::m)>(...)
  using Params = detail::StoredFor<M, B...>;
  return detail::make_ret<detail::CallOf<To, M>, true>(
      typename detail::take_types<sizeof...(B), Params>::type{}, detail::rest_of<sizeof...(B), Params>{},
      detail::target_box(to), detail::signature_with<detail::CallOf<To, M>>(), std::forward<B>(bound)...);
}

// clang-format off
template <auto M, class To, class... B, class Mistake = detail::RetToMistake<To, M, B...>, class Argument = typename detail::Which<Mistake>::template argument<M, B...>> requires(!detail::good_ret_to<To, M, B...>)
detail::Refused ret_to(To&&, B&&...) = delete;  // see Mistake
template <auto M, class To, class... B, class Mistake = detail::ReceiverMistake<To, M, B...>, class Argument = typename detail::Which<Mistake>::template argument<M, B...>> requires(!detail::good_receiver<To, M, B...>)
detail::Refused ret_some_to(To&&, B&&...) = delete;  // see Mistake
// clang-format on

}  // namespace troupe
