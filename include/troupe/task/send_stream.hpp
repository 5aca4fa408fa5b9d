// task/send_stream.hpp: the task that sends what a stream gives. (internal)
#pragma once
#include <troupe/core/fwd.hpp>
#include <troupe/task/stream.hpp>

namespace troupe::detail {

template <class T> bool has_receiver(const Fwd<T>& fwd) noexcept {
  return !fwd || fwd.is_wanted();
}  // empty: nobody asks

template <class S> Task<> forward_items(S stream, Fwd<std::optional<stream_item<S>>> fwd) {
  while (has_receiver(fwd)) {
    auto item = co_await stream.next();
    const bool goes_on = item.has_value();
    fwd(std::move(item));
    if (!goes_on) co_return;
  }
}
template <class S> Task<> forward_replies(S stream, Fwd<std::optional<Reply<stream_item<S>>>> fwd) {
  while (has_receiver(fwd)) {
    auto item = detail::as_reply<stream_item<S>>(co_await detail::in_mode_reply(stream.next()));
    const bool goes_on = item.has_value();
    fwd(std::move(item));
    if (!goes_on) co_return;
  }
}
template <class F, class S>
concept takes_items = std::is_convertible_v<F, Fwd<std::optional<stream_item<S>>>>;
template <class F, class S>
concept takes_replies = std::is_convertible_v<F, Fwd<std::optional<Reply<stream_item<S>>>>>;
template <class F, class S>
concept takes_stream = Stream<S> && (takes_items<F, S> || takes_replies<F, S>);
template <class Fn, class Context, class F, class... Args>
concept stream_function =
    !Stream<Fn> && lambda_captures_nothing<Fn> && coroutine_function<Fn, Context, Args...> &&
    takes_stream<F, returned_by<Fn, Context, Args...>>;
template <class Context, class S, class... Rest> inline constexpr bool can_be_streamed = false;
template <class Context, class S, class F, class... Args>
inline constexpr bool can_be_streamed<Context, S, F, Args...> =
    stream_function<S, Context, F, Args...> || (sizeof...(Args) == 0 && takes_stream<F, S>);
template <class Context, class S, class... Rest>
concept streamable = can_be_streamed<Context, S, Rest...>;
template <class Context, class S, class F = FwdNop, class... Args> auto find_stream_mistake() {
  if constexpr ((Stream<S> || is_callable<S>) && lacks_fwd_do<Fwd<>, F>)
    return wrap_the_function_in_fwd_do_or_name_a_method_by_fwd_to{};
  else if constexpr (Stream<S>)
    return the_Fwd_takes_std_optional_of_the_items_or_of_their_Reply{};
  else if constexpr (!is_callable<S>)
    return this_is_neither_a_Stream_nor_a_function_that_returns_one{};
  else if constexpr (!lambda_captures_nothing<S> || !coroutine_function<S, Context, Args...>)
    return find_coroutine_mistake<S, RetNop, Context, Args...>();
  else if constexpr (!Stream<returned_by<S, Context, Args...>>)
    return the_function_must_return_a_Stream{};
  else
    return the_Fwd_takes_std_optional_of_the_items_or_of_their_Reply{};
}
template <class... A> using FoundStreamMistake = decltype(find_stream_mistake<A...>());
template <class Context, class S, class... Rest>
using StreamMistake =
    MistakeUnless<streamable<Context, S, Rest...>, FoundStreamMistake, Context, S, Rest...>;

}  // namespace troupe::detail
