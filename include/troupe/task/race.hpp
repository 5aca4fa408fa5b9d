// task/race.hpp: awaiting many things at once, and the first of them.
//
// The rule of all that cuts off, race() and timeout() alike: what was answered before the decision
// is delivered, through any number of hops of ours (up to 500 tasks that wait for one another). The
// decision is the end of the winner, or the run of the limit's record. A loser that has received
// its value, and merely not run since, or for which it is on its way through tasks that have all
// been woken, is not cut off: it runs on until it waits again; if it ends by that, its value is
// kept beside the winner's. Where a hop cannot hold this, its contract says so.
#pragma once
#include <troupe/task/all.hpp>

namespace troupe {

/// What a race of several types gives: which one came first, and the values of all that came.
template <class... T> class Raced {
 public:
  explicit Raced(std::size_t first, std::optional<T>&&... values)
      : first_(first), values_(std::move(values)...) {}
  /// The position of the one that decided, from 0: its value is there.
  std::size_t index() const noexcept { return first_; }
  /// The value of child `I`: there for the winner, and for children that ended before they could be
  /// cancelled. A child without a value (void) has a `std::monostate`.
  template <std::size_t I> auto& get() noexcept { return std::get<I>(values_); }
  template <std::size_t I> const auto& get() const noexcept { return std::get<I>(values_); }

 private:
  std::size_t first_;
  std::tuple<std::optional<T>...> values_;
};

/// What a race of one type gives.
template <class T> class RacedVector {
 public:
  RacedVector(std::size_t first, std::vector<std::optional<T>>&& values)
      : first_(first), values_(std::move(values)) {}
  /// The position of the one that decided, from 0.
  std::size_t index() const noexcept { return first_; }
  /// Its value.
  T& value() noexcept { return *values_[first_]; }
  /// The values of all children that ended: the winner, and those that ended before they could be
  /// cancelled.
  std::vector<std::optional<T>>& values() noexcept { return values_; }

 private:
  std::size_t first_;
  std::vector<std::optional<T>> values_;
};

namespace detail {
template <Group::Rule R, class... A> class RaceOf : public TupleChildren<A...> {
 public:
  using typename TupleChildren<A...>::Slots;
  using value_type = Raced<instead_of_void<child_value<A>>...>;
  static constexpr Group::Rule rule = R;
  static constexpr const char* what = "the first of several tasks";
  using TupleChildren<A...>::TupleChildren;
  value_type take(SlotGroup<Slots>& g) {
    g.taken = true;
    return std::apply(
        [&](auto&... slot) { return value_type(g.decider, std::move(slot.value)...); }, g.slots);
  }
};

template <Group::Rule R, class A> class RaceOfVector : public VectorChildren<A> {
 public:
  using typename VectorChildren<A>::Slots;
  using Item = typename VectorChildren<A>::Item;
  using value_type = RacedVector<Item>;
  static constexpr Group::Rule rule = R;
  static constexpr const char* what = "the first of several tasks";
  using VectorChildren<A>::VectorChildren;
  void start(SlotGroup<Slots>& g) {
    count_ = this->children_.size();
    if (count_ == 0) panic("a race of no tasks has no first", "race");
    VectorChildren<A>::start(g);
  }
  value_type take(SlotGroup<Slots>& g) {
    std::vector<std::optional<Item>> values;
    values.reserve(count_);
    g.taken = true;
    for (auto& slot : g.slots) values.push_back(std::move(slot.value));
    values.resize(count_);  // those that did not begin
    return value_type(g.decider, std::move(values));
  }

 private:
  std::size_t count_ = 0;
};
}  // namespace detail

/// `co_await race(a, b, ...)`: runs tasks and other awaitables at the same time; the first that
/// ends, well or not, decides. Gives a `Raced`. The other children are cancelled. But some values
/// are still taken:
///  - A child that has already received what it waited for, directly or through tasks that it
///    awaits, runs on until it waits again. If it ends by that, its value is kept.
///  - A value that was there before the race began is kept, also where a loser awaits it in a
///    race(), any() or all() of its own whose children have not had their first turn. A Task that
///    has not begun by then is destroyed unrun, with its arguments.
///  - A child that waits in a coroutine or awaiter of another library only gets the turns that are
///    queued when the race is decided, because nothing shows what that library has received.
///
/// A loser that waits in the `next()` of a Generator, or of what is made of streams (`map`, `merge`
/// and the like), drops that stream for good: see Generator.
///
/// If the first child has failed, its failure is the outcome, and later values are dropped: an
/// exception is rethrown at the co_await, a loss ends the awaiting task there (`.reply()`,
/// `.value()`: see `GroupAwaitable`). Exceptions of the other children are dropped. In all else
/// race() does what all() does: so an item that a child has taken out of a queue is for the next
/// reader if the awaiting task is dropped before it goes on.
template <class... A>
  requires(sizeof...(A) > 0 && (detail::child_argument<A> && ...))
auto race(A&&... children) {
  using Kind = detail::RaceOf<detail::Group::Rule::race, detail::child_type<A>...>;
  return detail::made_of<GroupAwaitable<Kind>, A...>(GroupAwaitable<Kind>(
      Kind(std::in_place, detail::child_from<A>::take(std::forward<A>(children))...)));
}
/// `co_await race(children)`: a race of any number of children, at least one, of one type; gives a
/// `RacedVector`.
template <detail::child_vector V> auto race(V&& children) {
  using Kind = detail::RaceOfVector<detail::Group::Rule::race, detail::child_of<V>>;
  return GroupAwaitable<Kind>(Kind(std::vector<detail::child_of<V>>(std::forward<V>(children))));
}
template <class... A, class Mistake = detail::ChildMistake<A...>>
  requires(!detail::good_children<A...> && detail::meant_as_children<A...>)
detail::Refused race(A&&...) = delete;  // see Mistake
template <
    class Mistake = detail::nothing_to_await_call_the_function_and_give_its_Task_or_one_vector>
detail::Refused race(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

/// `co_await any(a, b, ...)`: a race in which the first success decides. It fails only when all
/// have failed; the first failure is then the outcome. All else is as race() says.
template <class... A>
  requires(sizeof...(A) > 0 && (detail::child_argument<A> && ...))
auto any(A&&... children) {
  using Kind = detail::RaceOf<detail::Group::Rule::any, detail::child_type<A>...>;
  return detail::made_of<GroupAwaitable<Kind>, A...>(GroupAwaitable<Kind>(
      Kind(std::in_place, detail::child_from<A>::take(std::forward<A>(children))...)));
}
/// `co_await any(children)`: any number of children, at least one, of one type, of which the first
/// success decides.
template <detail::child_vector V> auto any(V&& children) {
  using Kind = detail::RaceOfVector<detail::Group::Rule::any, detail::child_of<V>>;
  return GroupAwaitable<Kind>(Kind(std::vector<detail::child_of<V>>(std::forward<V>(children))));
}
template <class... A, class Mistake = detail::ChildMistake<A...>>
  requires(!detail::good_children<A...> && detail::meant_as_children<A...>)
detail::Refused any(A&&...) = delete;  // see Mistake
template <
    class Mistake = detail::nothing_to_await_call_the_function_and_give_its_Task_or_one_vector>
detail::Refused any(detail::Any = {}, detail::Any = {}, detail::Any = {}, ...) = delete;

}  // namespace troupe
