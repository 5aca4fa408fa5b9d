// task/spawn_stream.hpp: from a stream to a Fwd: how what a coroutine makes gets to actors.
#pragma once
#include <troupe/task/send_stream.hpp>

namespace troupe {

/// Starts a task that sends what a stream gives: each item, then `nullopt` at its end. Items that
/// are there without waiting are sent in one turn. Where `fwd` takes plain items and the stream is
/// lost, the task is dropped and no `nullopt` is sent; where it takes `std::optional<Reply<T>>`,
/// the failure is sent, then `nullopt`. If the receiver has ended, the task ends at the next item,
/// and the stream is destroyed.
/// @param context a `Runtime`, `Core` or `Cx`; the task belongs to the runtime
/// @param stream moved into the task
/// @param fwd a `Fwd<std::optional<T>>` or a `Fwd<std::optional<Reply<T>>>`
/// @returns a ref that need not be kept
/// @throws std::bad_alloc when there is no memory for the frame
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
/// Starts a task that sends what a stream gives, for a function that makes the stream:
/// `spawn_stream(core, fn, fwd, args...)` calls `fn(core, args...)` or `fn(args...)`, a generator
/// most often, here and now.
template <class Context, class Fn, class F, class... Args>
  requires detail::spawn_context<Context> && detail::stream_function<Fn, Context, F, Args...>
TaskRef spawn_stream(Context& context, Fn fn, F fwd, Args... args) {
  detail::CurrentScope scope(detail::core_behind(context));
  return spawn_stream(context, detail::invoke_coroutine(context, fn, std::move(args)...),
                      std::move(fwd));
}
template <class Context, class S, class... Rest,
          class Mistake = detail::StreamMistake<Context, S, Rest...>>
  requires(detail::spawn_context<Context> && !detail::streamable<Context, S, Rest...>)
TaskRef spawn_stream(Context&, S, Rest...) = delete;  // see Mistake
template <class Mistake = detail::the_first_argument_is_a_Runtime_a_Core_or_a_Cx>
TaskRef spawn_stream(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

}  // namespace troupe
