// core/answer_function.hpp: which functions take an answer, and how it is given to one. (internal)
#pragma once
#include <optional>
#include <troupe/base/escape.hpp>
#include <troupe/core/bound.hpp>
#include <troupe/core/function_types.hpp>
#include <troupe/core/nesting.hpp>
#include <troupe/core/receiver.hpp>
#include <troupe/core/throw_later.hpp>

namespace troupe::detail {

// The reply that a body is given, made where its parameter lies. A value whose move throws is a
// failure.
template <class... T> class ReplyInPlace {
 public:
  Reply<T...> operator()(T*... value) {
    if constexpr (sizeof...(T) == 0) {
      return {};
    } else if constexpr (std::is_nothrow_constructible_v<Reply<T...>, std::in_place_t, T&&...>) {
      return Reply<T...>(std::in_place, std::move(*value)...);
    } else {
      TROUPE_TRY { return Reply<T...>(std::in_place, std::move(*value)...); }
      TROUPE_CATCH_ALL { failed_.emplace(fail_of(std::current_exception())); }
      return Reply<T...>(std::unexpected(failed_->why));
    }
  }

 private:
  struct Failed {
    explicit Failed(ActorFail&& f) noexcept : why(std::move(f)), told(why) {}
    const ActorFail why;
    const DropScope told;  // for what the body drops
  };
  std::optional<Failed> failed_;
};

template <bool Some, bool Inline, class P, class... T> struct ToFunction {
  using Storage = Bound<P, Inline>;
  static void answer(Box*, Words w, const ActorFail* why, T*... v) {
    if constexpr (!links)
      if (!why) [[likely]]
        return run(w, nullptr, v...);
    if (is_query(why)) [[unlikely]] {
      const auto& query = *static_cast<const WantedQuery*>(why);
      query.tells_failure = !Some;
      query.runs_in_place = true;
      return;
    }
    if constexpr (links)
      nest<&ToFunction::run_told, T...>(w, why, v...);
    else
      run_told(w, why, v...);
  }
  // Whether it may hold another Ret or Fwd, and so be a link of a chain: what it is bound to, or
  // given.
  static constexpr bool links =
      !(std::is_trivially_destructible_v<P> && (std::is_trivially_destructible_v<T> && ...));
  static void run_told(Words w, const ActorFail* why, T*... v) {
    if (!why) [[likely]]
      return run(w, nullptr, v...);
    const DropScope told(*why);  // for what it drops, and what is bound to it
    run(w, why, v...);
  }
  static void run(Words w, const ActorFail* why, T*... v) {
    Storage::with(w, [&](P& p) {
      p([&](auto& fn, auto&... b) {
        TROUPE_TRY {
          if constexpr (Some) {
            if (!why) fn(std::move(b)..., std::move(*v)...);
          } else if (why) {
            fn(std::move(b)..., Reply<T...>(std::unexpected(*why)));
          } else {
            ReplyInPlace<T...> reply;
            fn(std::move(b)..., reply(v...));
          }
        }
        TROUPE_CATCH_ALL { body_threw(why != nullptr); }
      });
    });
  }
};

template <class F> struct RetDoBody;  // names the site of such a Ret
template <bool Some, class... T, class F, class... B>
Ret<T...> make_ret_do(Types<T...>, F fn, B... bound) {
  using P = Pack<F, B...>;
  using To = ToFunction<Some, fits_words<F, B...>, P, T...>;
  return Ret<T...>(&To::answer, nullptr,
                   To::Storage::put(nullptr, std::move(fn), std::move(bound)...),
                   signature_with<RetDoBody<F>>());
}
template <bool Some, std::size_t Bound, class F, class... T> auto types_of_ret() {
  if constexpr (sizeof...(T) > 0)
    return Types<T...>{};
  else if constexpr (std::is_void_v<typename FunctionTypes<F>::type>)
    return Types<>{};
  else {
    using Rest = rest_of<Bound, typename FunctionTypes<F>::type>;
    if constexpr (Some)
      return Rest{};
    else
      return typename reply_types<Rest>::type{};
  }
}
template <class F, std::size_t Bound>
concept ends_in_a_reply =
    requires { typename reply_types<rest_of<Bound, typename FunctionTypes<F>::type>>::type; };
template <class> struct answered_with;
template <class... T> struct answered_with<Types<T...>> {
  template <class F, class... B>
  static constexpr bool reply = std::is_invocable_v<F&, B..., Reply<T...>>;
  template <class F, class... B> static constexpr bool values = std::is_invocable_v<F&, B..., T...>;
};
template <bool Some, class Given, class F, class... B>
inline constexpr bool takes_the_answer = false;
template <class... T, class F, class... B>
  requires(sizeof...(T) > 0 || ends_in_a_reply<F, sizeof...(B)>)
inline constexpr bool takes_the_answer<false, Types<T...>, F, B...> =
    answered_with<decltype(types_of_ret<false, sizeof...(B), F, T...>())>::template reply<F, B...>;
template <class... T, class F, class... B>
inline constexpr bool takes_the_answer<true, Types<T...>, F, B...> =
    answered_with<decltype(types_of_ret<true, sizeof...(B), F, T...>())>::template values<F, B...>;
template <bool Some, class Given, class F, class... B>
struct answer_of;  // the types that its Ret carries
template <bool Some, class... T, class F, class... B> struct answer_of<Some, Types<T...>, F, B...> {
  using type = decltype(types_of_ret<Some, sizeof...(B), F, T...>());
};
template <bool Some, class Given, class F, class... B>
concept a_body_that_runs = lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                           takes_the_answer<Some, Given, F, B...>;
template <bool Some, class Given, class F, class... B>
concept good_body = a_body_that_runs<Some, Given, F, B...> &&
                    all_keepable<typename answer_of<Some, Given, F, B...>::type>;
template <bool Some, class Given, class F, class... B> auto find_body_mistake() {
  if constexpr (a_body_that_runs<Some, Given, F, B...>)
    return typename kept_mistake_of<typename answer_of<Some, Given, F, B...>::type>::type{};
  else
    return find_function_mistake<
        false,
        std::conditional_t<Some, the_function_does_not_take_these_bound_arguments,
                           the_function_must_end_in_one_Reply_or_say_ret_do_with_its_types>,
        F, B...>();
}
template <bool Some, class Given, class F, class... B>
using BodyMistake = decltype(find_body_mistake<Some, Given, F, B...>());

}  // namespace troupe::detail
