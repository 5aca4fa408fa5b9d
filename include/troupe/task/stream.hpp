// task/stream.hpp: what a stream is: a thing that is asked for the next item, again and again.
//
// Streams are told by what they do and not by a base class, so that those of other libraries pass
// as well. Ours are pipes from actors (stream_pipe.hpp), coroutines (generator.hpp) and what is
// made of both (stream_ops.hpp).
#pragma once
#include <optional>
#include <troupe/task/spawn.hpp>

namespace troupe {

namespace detail {
template <class S> using next_of = awaited<decltype(std::declval<S&>().next())>;
template <class S>
concept gives_items = std::is_class_v<S> && requires {
  typename next_of<S>;
  requires is_optional<next_of<S>>;
};
template <class S> struct item_of {
  using type = void;  // no stream
};
template <gives_items S> struct item_of<S> {
  using type = typename next_of<S>::value_type;
};
}  // namespace detail

/// The type of the items of a stream.
template <class S> using stream_item = typename detail::item_of<S>::type;

/// A stream of `T`s: `co_await s.next()` gives `std::optional<T>`, and `nullopt` for ever once it
/// has ended. Streams of this library fail in three ways, as every awaitable does: `co_await
/// s.next()` of a lost stream ends the task there; `co_await s.next().reply()`, or
/// `reply_of(s.next())`, gives `std::optional<Reply<T>>`: the items, then one `ActorFail`, then
/// `nullopt`; `co_await s.next().value()` throws ActorFailed. One coroutine at a time reads a
/// stream.
template <class S, class T = stream_item<S>>
concept Stream = detail::gives_items<S> && std::same_as<T, stream_item<S>>;

namespace detail {
// A stream whose items may be stored; one whose items borrow is read by next() only.
template <class S>
concept KeptStream = Stream<S> && Keepable<stream_item<S>>;
template <class S>
concept LentStream = Stream<S> && !Keepable<stream_item<S>>;
// What an awaited stream gives under Mode::reply, as an optional<Reply<T>>: foreign streams say
// expected<optional<T>> instead.
template <class T> std::optional<Reply<T>> as_reply(std::optional<Reply<T>>&& item) {
  return std::move(item);
}
template <class T>
std::optional<Reply<T>> as_reply(std::expected<std::optional<T>, ActorFail>&& item) {
  if (!item)
    return std::optional<Reply<T>>(std::in_place, std::unexpected(std::move(item).error()));
  if (!*item) return std::nullopt;
  return std::optional<Reply<T>>(std::in_place, std::in_place, *std::move(*item));
}
}  // namespace detail

}  // namespace troupe
