// core/ret_do.hpp: Rets whose answer runs a function, ends the runtime, or fails an actor.
//
// The function of `ret_do` runs where the Ret is answered or dropped, with no context: it may call
// actors, answer and defer, and no more. An exception out of it harms nobody there: it is rethrown
// by `Runtime::run`, and told to the log where the runtime ends before that.
#pragma once
#include <optional>
#include <troupe/base/escape.hpp>
#include <troupe/core/answer_function.hpp>

namespace troupe {

/// A Ret that runs `fn(bound..., Reply<T...>)` where it is answered or dropped. The types are read
/// off `fn`, or given: `ret_do<int>(...)`. Up to 16 bytes of relocatable bound arguments need no
/// memory; may throw bad_alloc beyond. If moving the value throws, `fn` gets `Why::failed`. An
/// exception out of `fn` does not reach the code that answers; `Runtime::run` rethrows it. Outside
/// of any run it comes out of the answer; where the Ret is dropped there, it ends the process.
/// Where functions of Rets and Fwds answer one another more than 200 deep, further answers wait
/// until the outermost function has returned, and run in order: so the stack is bounded. That goes
/// for functions that have, or are given, something with a destructor, as a Ret or Fwd is. Others
/// hold no Ret, and count as no link: where such functions answer one another, each through a
/// global variable, say, each runs within the one before.
template <class... T, class F, class... B>
  requires detail::good_body<false, detail::Types<T...>, F, B...>
auto ret_do(F fn, B... bound) {
  return detail::make_ret_do<false>(detail::types_of_ret<false, sizeof...(B), F, T...>(),
                                    std::move(fn), std::move(bound)...);
}
/// A Ret that runs `fn(bound..., T...)` where it is answered; when it is dropped, nothing runs.
/// Exceptions out of `fn`, or from moving a value, are treated as those out of the function of
/// ret_do().
template <class... T, class F, class... B>
  requires detail::good_body<true, detail::Types<T...>, F, B...>
auto ret_some_do(F fn, B... bound) {
  return detail::make_ret_do<true>(detail::types_of_ret<true, sizeof...(B), F, T...>(),
                                   std::move(fn), std::move(bound)...);
}
template <class... T, class F, class... B,
          class Mistake =
              detail::BodyMistake<false, detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_body<false, detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>)
detail::Refused ret_do(F&&, B&&...) = delete;  // see Mistake
template <class... T, class F, class... B,
          class Mistake =
              detail::BodyMistake<true, detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_body<true, detail::Types<T...>, std::decay_t<F>, std::decay_t<B>...>)
detail::Refused ret_some_do(F&&, B&&...) = delete;  // see Mistake

namespace detail {
struct RetPanic {
  Literal words;
  template <class... T> operator Ret<T...>() const noexcept {
    Words w;
    static_assert(sizeof(Literal) == sizeof(Words));
    std::memcpy(w.raw, &words, sizeof(words));
    return Ret<T...>(&answer<T...>, nullptr, w, "ret_panic");
  }
  template <class... T> static void answer(Box*, Words w, const ActorFail* why, T*...) {
    if (is_query(why)) static_cast<const WantedQuery*>(why)->tells_failure = false;
    if (why) return;
    Literal text;
    std::memcpy(static_cast<void*>(&text), w.raw, sizeof(text));
    panic(text, "ret_panic");
  }
};
struct RetFail {  // any answer fails the actor, also none
  Box* box;       // borrowed: converted in the expression that made it
  Error error;
  template <class... T> operator Ret<T...>() const {
    return Ret<T...>(&answer<T...>, box, prepare(box, error), "ret_fail");
  }
  template <class... T> static void answer(Box* to, Words w, const ActorFail* why, T*...) {
    if (!is_query(why)) fire(to, w);
  }
  static Words prepare(Box* box, Error error);
  static void fire(Box* to, Words w) noexcept;
};
}  // namespace detail

/// A Ret that ends the process with `words` when it is answered; when it is dropped, nothing
/// happens. Converts to any.
consteval auto ret_panic(Literal words) { return detail::RetPanic{words}; }
/// A Ret for the end of the program's main actor: asks the runtime to shut down with the cause, by
/// an item of the queue; dropped, with `StopCause::dropped`.
Ret<StopCause> ret_shutdown(Core& core);
/// A Ret that fails this actor with `text` in both cases, answered or dropped: by a call, which is
/// held while the actor is in Prep. Converts to any Ret.
/// @throws std::bad_alloc when no room in the queue can be reserved for the failure
template <class A> detail::RetFail ret_fail(Cx<A>& cx, std::string_view text) {
  return {detail::box_of(cx), Error(text)};
}
/// A Ret for a child's end that fails this actor too when the child failed or was lost, with the
/// child's error; other ends are ignored.
Ret<StopCause> ret_failthru(CxBase& cx);

}  // namespace troupe
