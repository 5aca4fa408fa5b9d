// task/stream_ops.hpp: streams made of streams, and what becomes of one.
//
// Those that make a stream are generators that own their source. They ask it under Mode::reply and pass a failure on as
// their own loss, so the three modes hold through any depth. None of them reads ahead, except for merge().
#pragma once
#include <array>
#include <troupe/task/generator.hpp>
#include <troupe/task/spawn_stream.hpp>
#include <troupe/task/stream_pipe.hpp>
#include <vector>

namespace troupe {

namespace detail {
// One that stays where it is, as a Queue does, is refused where it would be copied to a parameter, and only there.
template <class... S>
concept handed_on = (std::move_constructible<S> && ...);
template <class F, class T, class... B> using result_for_item = std::invoke_result_t<F&, const B&..., T>;
template <class F, class T, class... B>
concept good_item_function =
    lambda_captures_nothing<F> && no_argument_borrows<B...> && std::is_invocable_v<F&, const B&..., T>;
template <class F, class T, class... B>
concept good_item_test = Keepable<T> && lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                         std::is_invocable_r_v<bool, F&, const B&..., const T&>;
template <class U>
concept unawaited_value = !std::is_void_v<U> && !is_task<std::remove_cvref_t<U>> && !is_step<U>;
template <class F, class T, class... B>
concept an_item_map_that_runs = good_item_function<F, T, B...> && unawaited_value<result_for_item<F, T, B...>>;
template <class F, class T, class... B>
concept good_item_map = an_item_map_that_runs<F, T, B...> && Keepable<std::remove_cvref_t<result_for_item<F, T, B...>>>;
template <class F, class T, class... B>
concept good_item_visit = good_item_function<F, T, B...> && !is_step<result_for_item<F, T, B...>>;
template <class... A> using FoundItemMistake = decltype(find_function_mistake<false, A...>());
template <bool Good, class S, class Otherwise, class F, class... B>
using ItemMistake = MistakeUnless<Good || !Stream<S>, FoundItemMistake, Otherwise, F, B...>;
template <class S, class F, class... B> auto find_map_mistake() {
  if constexpr (an_item_map_that_runs<F, stream_item<S>, B...>)
    return find_kept_mistake<std::remove_cvref_t<result_for_item<F, stream_item<S>, B...>>>();
  else
    return find_function_mistake<false, the_function_takes_what_is_bound_then_an_item_and_returns_a_value_but_no_Task,
                                 F, B...>();
}
template <class... A> using FoundMapMistake = decltype(find_map_mistake<A...>());
template <class S, class F, class... B>
using MapMistake = MistakeUnless<good_item_map<F, stream_item<S>, B...> || !Stream<S>, FoundMapMistake, S, F, B...>;
template <class S, class F, class... B>
using TestMistake =
    std::conditional_t<Keepable<stream_item<S>>,
                       ItemMistake<good_item_test<F, stream_item<S>, B...>, S,
                                   the_test_takes_what_is_bound_then_a_const_item_and_returns_a_bool, F, B...>,
                       KeptMistake<stream_item<S>>>;
template <class S, class F, class... B>
using VisitMistake = ItemMistake<good_item_visit<F, stream_item<S>, B...>, S,
                                 the_function_takes_what_is_bound_then_an_item_and_returns_no_Step, F, B...>;

template <class U, class S, class F, class... B> Generator<U> map_items(S source, F fn, B... bound) {
  for (;;) {
    auto item = detail::as_reply<stream_item<S>>(co_await detail::in_mode_reply(source.next()));
    if (!item) co_return;
    if (!*item) co_yield StreamLoss(item->error());
    U made = fn(std::as_const(bound)..., std::move(**item));
    co_yield Handed<U>(made);
  }
}
template <class S, class F, class... B> Generator<stream_item<S>> filter_items(S source, F fn, B... bound) {
  for (;;) {
    auto item = detail::as_reply<stream_item<S>>(co_await detail::in_mode_reply(source.next()));
    if (!item) co_return;
    if (!*item) co_yield StreamLoss(item->error());
    const bool passes = fn(std::as_const(bound)..., std::as_const(**item));
    if (passes) co_yield Handed<stream_item<S>>(**item);
  }
}
template <class S> Generator<stream_item<S>> take_items(S source, std::size_t n) {
  for (; n != 0; --n) {
    auto item = detail::as_reply<stream_item<S>>(co_await detail::in_mode_reply(source.next()));
    if (!item) co_return;
    if (!*item) co_yield StreamLoss(item->error());
    co_yield Handed<stream_item<S>>(**item);
  }
}

// ---- merge: a task a source, which hands each item over and goes on when it was taken
template <class T> struct Merged {
  Merged(std::optional<Reply<T>>&& i, Ret<>&& t) noexcept : item(std::move(i)), taken(std::move(t)) {}
  explicit Merged(const ActorFail& why) noexcept : item(std::in_place, std::unexpected(why)), taken(ret_nop) {}
  std::optional<Reply<T>> item;
  Ret<> taken;
};
template <class T, class S> Task<> feed_merge(S source, Fwd<std::optional<Merged<T>>> out) {
  bool goes_on = true;
  while (goes_on) {
    auto item = detail::as_reply<T>(co_await detail::in_mode_reply(source.next()));
    goes_on = item && *item;
    auto [taken, ret] = push_pipe<>(*Core::current());
    out(Merged<T>(std::move(item), std::move(ret)));
    co_await taken;
  }
}
// For a feeder that did not come to its end: its source threw, or it was dropped.
template <class T> Ret<> tell_merge(Fwd<std::optional<Merged<T>>> out) {
  return ret_do<>(
      [](const Fwd<std::optional<Merged<T>>>& to, const Reply<>& r) {
        if (!r) to(Merged<T>(r.error()));
      },
      std::move(out));
}
template <std::size_t N> struct Feeders {
  Feeders() noexcept = default;
  Feeders(const Feeders&) = delete;
  ~Feeders() { cancel(); }
  void cancel() noexcept {
    for (TaskRef& task : tasks) std::exchange(task, {}).cancel();
  }
  std::array<TaskRef, N> tasks;
};
template <class T, class... S> Generator<T> merge_items(S... sources) {
  constexpr std::size_t most = 2 * sizeof...(S);  // each feeder's one item, and how it failed
  auto [merged, out] = stream_pipe<Merged<T>>(*Core::current(), fwd_nop, most);
  Feeders<sizeof...(S)> feeders;
  TaskRef* next = feeders.tasks.data();
  ((*next++ = spawn(*Core::current(), feed_merge<T, S>(std::move(sources), out), tell_merge<T>(out))), ...);
  for (std::size_t left = sizeof...(S); left != 0;) {
    auto got = co_await merged.next();
    std::optional<Reply<T>> item = std::move(got->item);
    if (item && !*item) {
      feeders.cancel();
      co_yield StreamLoss(item->error());
    }
    got->taken();
    if (item)
      co_yield Handed<T>(**item);
    else
      --left;
  }
}

template <class S> Task<std::vector<stream_item<S>>> collect_items(S source) {
  std::vector<stream_item<S>> all;
  for (;;) {
    auto item = co_await source.next();
    if (!item) break;
    all.push_back(std::move(*item));
  }
  co_return all;
}
template <class S, class F, class... B> Task<> visit_items(S source, F fn, B... bound) {
  for (;;) {
    auto item = co_await source.next();
    if (!item) co_return;
    if constexpr (is_task<result_for_item<F, stream_item<S>, B...>>)
      co_await fn(std::as_const(bound)..., std::move(*item));
    else
      fn(std::as_const(bound)..., std::move(*item));
  }
}
}  // namespace detail

/// The stream of the results of `fn(bound..., item)`. `fn` is called for an item when the reader asks for it.
/// @param stream used up: `map(std::move(s), ...)`
/// @param fn a function, a captureless lambda, or a function object with storable fields; it may not be a coroutine
/// An exception out of it ends the stream and reaches the reader.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_map<F, stream_item<S>, B...> && detail::none_dies_twice<S, F, B...>
auto map(S stream, F fn, B... bound) {
  using U = std::remove_cvref_t<detail::result_for_item<F, stream_item<S>, B...>>;
  if constexpr (detail::handed_on<S>)
    return detail::map_items<U>(std::move(stream), std::move(fn), std::move(bound)...);
  else
    return detail::Refused();
}
/// The stream of those items for which `fn(bound..., item)` is true.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_test<F, stream_item<S>, B...> && detail::none_dies_twice<S, F, B...>
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

/// The items of several streams in the order in which they arrive; of those that have several ready, one each in turn.
/// It ends when all have ended. When one is lost or throws, the merged stream is lost, and the others are dropped. Each
/// source is read by a task of its own from the first next() on, one item ahead of the reader. If the reader is dropped
/// while it waits in next(), these tasks are dropped too, with the item that each may have read: for race() and
/// timeout() an item counts when such a task has handed it on. A request to stop the reader reaches neither these tasks
/// nor their sources, and loses no item: they end with the merged stream. (What else is made of streams runs within the
/// reader, and sees the request in its stop_token().) Items wait in between, so they move without throwing.
template <detail::KeptStream S, Stream... More>
  requires(detail::may_wait<stream_item<S>> && (std::same_as<stream_item<S>, stream_item<More>> && ...))
auto merge(S stream, More... more) {
  if constexpr (detail::handed_on<S, More...>)
    return detail::merge_items<stream_item<S>>(std::move(stream), std::move(more)...);
  else
    return detail::Refused();
}

/// All items of a stream: `auto all = co_await collect(std::move(s))` gives a `std::vector`. There is no limit: shorten
/// a stream that may not end by `take` first. A loss ends the awaiting task; `reply_of(collect(...))` gives an
/// expected.
template <detail::KeptStream S> auto collect(S stream) {
  if constexpr (detail::handed_on<S>)
    return detail::collect_items(std::move(stream));
  else
    return detail::Refused();
}
/// Calls `fn(bound..., item)` for each item: `co_await for_each(std::move(s), fn)`. An `fn` that returns a `Task<>` is
/// awaited before the next item is asked for. A loss ends the awaiting task; `reply_of(for_each(...))` gives a Reply<>.
template <class S, class F, class... B>
  requires Stream<S> && detail::good_item_visit<F, stream_item<S>, B...> && detail::none_dies_twice<S, F, B...>
auto for_each(S stream, F fn, B... bound) {
  if constexpr (detail::handed_on<S>)
    return detail::visit_items(std::move(stream), std::move(fn), std::move(bound)...);
  else
    return detail::Refused();
}
// clang-format off
#if TROUPE_GCC_12
// What an aggregate among the arguments asks for: a copy of one that has a name.
template <class S, class F, class... B> requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> && detail::good_item_map<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>
auto map(S&& stream, F&& fn, B&&... bound) {
  return detail::map_items<std::remove_cvref_t<detail::result_for_item<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>>>(std::decay_t<S>(std::forward<S>(stream)), std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused map(S&&, F&&, B&&...) = delete;  // see Mistake
template <class S, class F, class... B> requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> && detail::good_item_test<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>
auto filter(S&& stream, F&& fn, B&&... bound) {
  return detail::filter_items(std::decay_t<S>(std::forward<S>(stream)), std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused filter(S&&, F&&, B&&...) = delete;  // see Mistake
template <class S, class F, class... B> requires detail::named_first<S, F, B...> && Stream<std::decay_t<S>> && detail::good_item_visit<std::decay_t<F>, stream_item<std::decay_t<S>>, std::decay_t<B>...>
auto for_each(S&& stream, F&& fn, B&&... bound) {
  return detail::visit_items(std::decay_t<S>(std::forward<S>(stream)), std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(bound))...);
}
template <class S, class F, class... B, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires detail::made_beside<S, F, B...> && Stream<std::decay_t<S>>
detail::Refused for_each(S&&, F&&, B&&...) = delete;  // see Mistake
#endif
template <class S, class F, class... B, class Mistake = detail::MapMistake<S, F, B...>> requires(Stream<S> && !detail::good_item_map<F, stream_item<S>, B...>)
detail::Refused map(S, F, B...) = delete;  // see Mistake
template <class S, class F, class... B, class Mistake = detail::TestMistake<S, F, B...>> requires(Stream<S> && !detail::good_item_test<F, stream_item<S>, B...>)
detail::Refused filter(S, F, B...) = delete;  // see Mistake
template <class S, class F, class... B, class Mistake = detail::VisitMistake<S, F, B...>> requires(Stream<S> && !detail::good_item_visit<F, stream_item<S>, B...>)
detail::Refused for_each(S, F, B...) = delete;  // see Mistake
template <class S, class Mistake = detail::KeptMistake<stream_item<S>>> requires detail::LentStream<S>
detail::Refused take(S, std::size_t) = delete;  // see Mistake
template <class S, class... More, class Mistake = detail::WaitingMistake<stream_item<S>>> requires(Stream<S> && !detail::may_wait<stream_item<S>>)
detail::Refused merge(S, More...) = delete;  // see Mistake
template <class S, class Mistake = detail::KeptMistake<stream_item<S>>> requires detail::LentStream<S>
detail::Refused collect(S) = delete;  // see Mistake
template <class = void>
detail::Refused map(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;       // no Stream: write map(std::move(stream), fn, bound...)
template <class = void>
detail::Refused filter(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;    // no Stream: write filter(std::move(stream), fn, bound...)
template <class = void>
detail::Refused for_each(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;  // no Stream: write for_each(std::move(stream), fn, bound...)
template <class = void>
detail::Refused take(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;      // no Stream and number: write take(std::move(stream), n)
template <class = void>
detail::Refused merge(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;     // no Streams with items of one type: write merge(std::move(a), std::move(b), ...)
template <class = void>
detail::Refused collect(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;   // no Stream: write collect(std::move(stream))
// clang-format on

}  // namespace troupe
