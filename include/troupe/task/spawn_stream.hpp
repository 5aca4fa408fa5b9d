// task/spawn_stream.hpp: from a stream to a Fwd: how what a coroutine makes gets to actors.
#pragma once
#include <troupe/core/fwd.hpp>
#include <troupe/task/stream.hpp>

namespace troupe {

namespace detail {
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
concept stream_function = !Stream<Fn> && lambda_captures_nothing<Fn> && coroutine_function<Fn, Context, Args...> &&
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
using StreamMistake = MistakeUnless<streamable<Context, S, Rest...>, FoundStreamMistake, Context, S, Rest...>;
}  // namespace detail

/// Starts a task that sends what a stream gives: each item, then `nullopt` at its end. Items that are there without
/// waiting are sent in one turn. Where `fwd` takes plain items and the stream is lost, the task is dropped and no
/// `nullopt` is sent; where it takes `std::optional<Reply<T>>`, the failure is sent, then `nullopt`. If the receiver
/// has ended, the task ends at the next item, and the stream is destroyed.
/// @param context a `Runtime`, `Core` or `Cx`; the task belongs to the runtime
/// @param stream moved into the task
/// @param fwd a `Fwd<std::optional<T>>` or a `Fwd<std::optional<Reply<T>>>`
/// Returns a ref that need not be kept. Errors: throws bad_alloc when there is no memory for the frame.
template <class Context, class S, class F>
  requires detail::spawn_context<Context> && detail::takes_stream<F, S>
TaskRef spawn_stream(Context& context, S stream, F fwd) {
  Core& core = detail::core_behind(context);
  detail::CurrentScope scope(core);
  if constexpr (detail::takes_items<F, S>)
    return spawn(core, detail::forward_items<S>(std::move(stream), std::move(fwd)));
  else
    return spawn(core, detail::forward_replies<S>(std::move(stream), std::move(fwd)));
}
/// Starts a task that sends what a stream gives, for a function that makes the stream: `spawn_stream(core, fn, fwd,
/// args...)` calls `fn(core, args...)` or `fn(args...)`, a generator most often, here and now.
template <class Context, class Fn, class F, class... Args>
  requires detail::spawn_context<Context> && detail::stream_function<Fn, Context, F, Args...>
TaskRef spawn_stream(Context& context, Fn fn, F fwd, Args... args) {
  detail::CurrentScope scope(detail::core_behind(context));
  return spawn_stream(context, detail::invoke_coroutine(context, fn, std::move(args)...), std::move(fwd));
}
// clang-format off
template <class Context, class S, class... Rest, class Mistake = detail::StreamMistake<Context, S, Rest...>> requires(detail::spawn_context<Context> && !detail::streamable<Context, S, Rest...>)
TaskRef spawn_stream(Context&, S, Rest...) = delete;  // see Mistake; a Fwd<std::optional<T>> goes with a stream of T
template <class = void>
TaskRef spawn_stream(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;  // the first argument is a Runtime, a Core or a Cx
// clang-format on

}  // namespace troupe
