// task/stream_steps.hpp: the generators and tasks behind the operations on streams. (internal)
#pragma once
#include <array>
#include <troupe/task/generator.hpp>
#include <troupe/task/spawn_stream.hpp>
#include <troupe/task/stream_pipe.hpp>
#include <vector>

namespace troupe::detail {

// One that stays where it is, as a Queue does, is refused where it would be copied to a parameter,
// and only there.
template <class... S>
concept handed_on = (std::move_constructible<S> && ...);
template <class F, class T, class... B>
using result_for_item = std::invoke_result_t<F&, const B&..., T>;
template <class F, class T, class... B>
concept good_item_function = lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                             std::is_invocable_v<F&, const B&..., T>;
template <class F, class T, class... B>
concept good_item_test = Keepable<T> && lambda_captures_nothing<F> && no_argument_borrows<B...> &&
                         std::is_invocable_r_v<bool, F&, const B&..., const T&>;
template <class U>
concept unawaited_value = !std::is_void_v<U> && !is_task<std::remove_cvref_t<U>> && !is_step<U>;
template <class F, class T, class... B>
concept an_item_map_that_runs =
    good_item_function<F, T, B...> && unawaited_value<result_for_item<F, T, B...>>;
template <class F, class T, class... B>
concept good_item_map =
    an_item_map_that_runs<F, T, B...> && Keepable<std::remove_cvref_t<result_for_item<F, T, B...>>>;
template <class F, class T, class... B>
concept good_item_visit = good_item_function<F, T, B...> && !is_step<result_for_item<F, T, B...>>;
template <class... A> using FoundItemMistake = decltype(find_function_mistake<false, A...>());
template <bool Good, class S, class Otherwise, class F, class... B>
using ItemMistake = MistakeUnless<Good || !Stream<S>, FoundItemMistake, Otherwise, F, B...>;
template <class S, class F, class... B> auto find_map_mistake() {
  if constexpr (an_item_map_that_runs<F, stream_item<S>, B...>)
    return find_kept_mistake<std::remove_cvref_t<result_for_item<F, stream_item<S>, B...>>>();
  else
    return find_function_mistake<
        false, the_function_takes_what_is_bound_then_an_item_and_returns_a_value_but_no_Task, F,
        B...>();
}
template <class... A> using FoundMapMistake = decltype(find_map_mistake<A...>());
template <class S, class F, class... B>
using MapMistake = MistakeUnless<good_item_map<F, stream_item<S>, B...> || !Stream<S>,
                                 FoundMapMistake, S, F, B...>;
template <class S, class F, class... B>
using TestMistake = std::conditional_t<
    Keepable<stream_item<S>>,
    ItemMistake<good_item_test<F, stream_item<S>, B...>, S,
                the_test_takes_what_is_bound_then_a_const_item_and_returns_a_bool, F, B...>,
    KeptMistake<stream_item<S>>>;
template <class S, class F, class... B>
using VisitMistake =
    ItemMistake<good_item_visit<F, stream_item<S>, B...>, S,
                the_function_takes_what_is_bound_then_an_item_and_returns_no_Step, F, B...>;

template <class U, class S, class F, class... B>
Generator<U> map_items(S source, F fn, B... bound) {
  for (;;) {
    auto item = detail::as_reply<stream_item<S>>(co_await detail::in_mode_reply(source.next()));
    if (!item) co_return;
    if (!*item) co_yield StreamLoss(item->error());
    U made = fn(std::as_const(bound)..., std::move(**item));
    co_yield Handed<U>(made);
  }
}
template <class S, class F, class... B>
Generator<stream_item<S>> filter_items(S source, F fn, B... bound) {
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
  Merged(std::optional<Reply<T>>&& i, Ret<>&& t) noexcept
      : item(std::move(i)), taken(std::move(t)) {}
  explicit Merged(const ActorFail& why) noexcept
      : item(std::in_place, std::unexpected(why)), taken(ret_nop) {}
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
  ((*next++ =
        spawn(*Core::current(), feed_merge<T, S>(std::move(sources), out), tell_merge<T>(out))),
   ...);
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

}  // namespace troupe::detail
