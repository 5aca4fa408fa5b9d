// task/stream_ops.hpp: streams made of streams, and what becomes of one.
//
// Those that make a stream are generators that own their source. They ask it under Mode::reply and
// pass a failure on as their own loss, so the three modes hold through any depth. None of them
// reads ahead, except for merge().
#pragma once
#include <troupe/task/stream_steps.hpp>

namespace troupe {

/// The stream of the results of `fn(bound..., item)`. `fn` is called for an item when the reader
/// asks for it.
/// @param stream used up: `map(std::move(s), ...)`
/// @param fn a function, a captureless lambda, or a function object with storable fields; it may
/// not be a coroutine
///
/// An exception out of it ends the stream and reaches the reader.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_map<F, stream_item<S>, B...> &&
           detail::none_dies_twice<S, F, B...>
auto map(S stream, F fn, B... bound) {
  using U = std::remove_cvref_t<detail::result_for_item<F, stream_item<S>, B...>>;
  if constexpr (detail::handed_on<S>)
    return detail::map_items<U>(std::move(stream), std::move(fn), std::move(bound)...);
  else
    return detail::Refused();
}
/// The stream of those items for which `fn(bound..., item)` is true.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_test<F, stream_item<S>, B...> &&
           detail::none_dies_twice<S, F, B...>
auto filter(S stream, F fn, B... bound) {
  if constexpr (detail::handed_on<S>)
    return detail::filter_items(std::move(stream), std::move(fn), std::move(bound)...);
  else
    return detail::Refused();
}
/// The stream of the first `n` items; the source is not asked for more than that.
template <detail::KeptStream S> auto take(S stream, std::size_t n) {
  if constexpr (detail::handed_on<S>)
    return detail::take_items(std::move(stream), n);
  else
    return detail::Refused();
}

/// The items of several streams in the order in which they arrive; of those that have several
/// ready, one each in turn. It ends when all have ended. When one is lost or throws, the merged
/// stream is lost, and the others are dropped. Each source is read by a task of its own from the
/// first next() on, one item ahead of the reader. If the reader is dropped while it waits in
/// next(), these tasks are dropped too, with the item that each may have read: for race() and
/// timeout() an item counts when such a task has handed it on. A request to stop the reader reaches
/// neither these tasks nor their sources, and loses no item: they end with the merged stream. (What
/// else is made of streams runs within the reader, and sees the request in its stop_token().) Items
/// wait in between, so they move without throwing.
template <detail::KeptStream S, Stream... More>
  requires(detail::may_wait<stream_item<S>> &&
           (std::same_as<stream_item<S>, stream_item<More>> && ...))
auto merge(S stream, More... more) {
  if constexpr (detail::handed_on<S, More...>)
    return detail::merge_items<stream_item<S>>(std::move(stream), std::move(more)...);
  else
    return detail::Refused();
}

/// All items of a stream: `auto all = co_await collect(std::move(s))` gives a `std::vector`. There
/// is no limit: shorten a stream that may not end by `take` first. A loss ends the awaiting task;
/// `reply_of(collect(...))` gives an expected.
template <detail::KeptStream S> auto collect(S stream) {
  if constexpr (detail::handed_on<S>)
    return detail::collect_items(std::move(stream));
  else
    return detail::Refused();
}
/// Calls `fn(bound..., item)` for each item: `co_await for_each(std::move(s), fn)`. An `fn` that
/// returns a `Task<>` is awaited before the next item is asked for. A loss ends the awaiting task;
/// `reply_of(for_each(...))` gives a Reply<>.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_visit<F, stream_item<S>, B...> &&
           detail::none_dies_twice<S, F, B...>
auto for_each(S stream, F fn, B... bound) {
  if constexpr (detail::handed_on<S>)
    return detail::visit_items(std::move(stream), std::move(fn), std::move(bound)...);
  else
    return detail::Refused();
}
#if TROUPE_GCC_12
// What an aggregate among the arguments asks for: a copy of one that has a name.
template <class S, class F, class... B>
  requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> &&
           detail::good_item_map<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>
auto map(S&& stream, F&& fn, B&&... bound) {
  return detail::map_items<std::remove_cvref_t<
      detail::result_for_item<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>>>(
      std::decay_t<S>(std::forward<S>(stream)), std::decay_t<F>(std::forward<F>(fn)),
      std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused map(S&&, F&&, B&&...) = delete;  // see Mistake
template <class S, class F, class... B>
  requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> &&
           detail::good_item_test<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>
auto filter(S&& stream, F&& fn, B&&... bound) {
  return detail::filter_items(std::decay_t<S>(std::forward<S>(stream)),
                              std::decay_t<F>(std::forward<F>(fn)),
                              std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused filter(S&&, F&&, B&&...) = delete;  // see Mistake
template <class S, class F, class... B>
  requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> &&
           detail::good_item_visit<std::decay_t<F>, stream_item<std::decay_t<S>>,
                                   std::decay_t<B>...>
auto for_each(S&& stream, F&& fn, B&&... bound) {
  return detail::visit_items(std::decay_t<S>(std::forward<S>(stream)),
                             std::decay_t<F>(std::forward<F>(fn)),
                             std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused for_each(S&&, F&&, B&&...) = delete;  // see Mistake
#endif
template <class S, class F, class... B, class Mistake = detail::MapMistake<S, F, B...>>
  requires(Stream<S> && !detail::good_item_map<F, stream_item<S>, B...>)
detail::Refused map(S, F, B...) = delete;  // see Mistake
template <class S, class F, class... B, class Mistake = detail::TestMistake<S, F, B...>>
  requires(Stream<S> && !detail::good_item_test<F, stream_item<S>, B...>)
detail::Refused filter(S, F, B...) = delete;  // see Mistake
template <class S, class F, class... B, class Mistake = detail::VisitMistake<S, F, B...>>
  requires(Stream<S> && !detail::good_item_visit<F, stream_item<S>, B...>)
detail::Refused for_each(S, F, B...) = delete;  // see Mistake
template <class S, class Mistake = detail::KeptMistake<stream_item<S>>>
  requires detail::LentStream<S>
detail::Refused take(S, std::size_t) = delete;  // see Mistake
template <class S, class... More, class Mistake = detail::WaitingMistake<stream_item<S>>>
  requires(Stream<S> && !detail::may_wait<stream_item<S>>)
detail::Refused merge(S, More...) = delete;  // see Mistake
template <class S, class Mistake = detail::KeptMistake<stream_item<S>>>
  requires detail::LentStream<S>
detail::Refused collect(S) = delete;  // see Mistake
template <class Mistake = detail::this_is_no_Stream_map_takes_one_by_std_move_then_a_function>
detail::Refused map(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <class Mistake = detail::this_is_no_Stream_filter_takes_one_by_std_move_then_a_function>
detail::Refused filter(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <class Mistake = detail::this_is_no_Stream_for_each_takes_one_by_std_move_then_a_function>
detail::Refused for_each(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <class Mistake = detail::this_is_no_Stream_take_takes_one_by_std_move_then_a_number>
detail::Refused take(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <
    class Mistake = detail::these_are_no_Streams_of_one_item_type_merge_takes_them_by_std_move>
detail::Refused merge(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;
template <class Mistake = detail::this_is_no_Stream_collect_takes_one_by_std_move>
detail::Refused collect(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

}  // namespace troupe
