// task/all.hpp: awaiting many things at once, and all of them.
#pragma once
#include <troupe/task/group.hpp>
#include <vector>

namespace troupe {

namespace detail {
template <class... A> class TupleChildren {
 public:
  using Slots = std::tuple<ValueSlot<instead_of_void<child_value<A>>>...>;
  static constexpr bool keeps = false;
  template <class... X> explicit TupleChildren(std::in_place_t, X&&... x) : children_(std::forward<X>(x)...) {}
  void start(SlotGroup<Slots>& g) { start_each(g, std::index_sequence_for<A...>{}); }

 private:
  template <std::size_t... I> void start_each(SlotGroup<Slots>& g, std::index_sequence<I...>) {
    (start_one<I>(g), ...);
  }
  template <std::size_t I> void start_one(SlotGroup<Slots>& g) {
    if (g.decided()) return;
    std::get<I>(g.slots).number = I;
    start_child(g, std::get<I>(g.slots), std::move(std::get<I>(children_)));
  }
  std::tuple<A...> children_;
};

template <class A> class VectorChildren {
 public:
  using Item = instead_of_void<child_value<A>>;
  struct Slots {
    std::unique_ptr<ValueSlot<Item>[]> at;
    std::size_t size = 0;
  };
  static constexpr bool keeps = false;
  explicit VectorChildren(std::vector<A>&& children) : children_(std::move(children)) {}
  void start(SlotGroup<Slots>& g) {
    g.slots.at.reset(new ValueSlot<Item>[children_.size()]);
    for (A& child : children_) {
      if (g.decided()) return;
      ValueSlot<Item>& slot = g.slots.at[g.slots.size];
      slot.number = static_cast<std::uint32_t>(g.slots.size++);
      start_child(g, slot, std::move(child));
    }
    children_ = std::vector<A>();
  }

 protected:
  std::vector<A> children_;
};

template <class... A> class AllOf : public TupleChildren<A...> {
 public:
  using typename TupleChildren<A...>::Slots;
  using value_type = std::tuple<instead_of_void<child_value<A>>...>;
  static constexpr Group::Rule rule = Group::Rule::all;
  static constexpr const char* what = "all of several tasks";
  using TupleChildren<A...>::TupleChildren;
  value_type take(SlotGroup<Slots>& g) {
    return std::apply([](auto&... slot) { return value_type(std::move(*slot.value)...); }, g.slots);
  }
};

template <class A> class AllOfVector : public VectorChildren<A> {
 public:
  using typename VectorChildren<A>::Slots;
  using value_type =
      std::conditional_t<std::is_void_v<child_value<A>>, void, std::vector<typename VectorChildren<A>::Item>>;
  static constexpr Group::Rule rule = Group::Rule::all;
  static constexpr const char* what = "all of several tasks";
  using VectorChildren<A>::VectorChildren;
  value_type take(SlotGroup<Slots>& g) {
    if constexpr (!std::is_void_v<value_type>) {
      value_type values;
      values.reserve(g.slots.size);
      for (std::size_t i = 0; i < g.slots.size; ++i) values.push_back(std::move(*g.slots.at[i].value));
      return values;
    }
  }
};
}  // namespace detail

/// `co_await all(a, b, ...)`: runs tasks and other awaitables, ours or foreign, at the same time and gives a
/// `std::tuple` of their values when the last has ended; nothing (void) counts as `std::monostate`. Each child is a
/// task of its own, owned by the owner of the awaiting task, begun in order by the queue. The first failure is the
/// outcome, and cancels the other children: an exception is rethrown at the co_await; if a child is lost the awaiting
/// task ends there (`.reply()`, `.value()`: see `Together`). A task that is dropped meanwhile drops its children.
/// Children end before the co_await does, except those that foreign code holds on to. Cost: a pooled cell, and a pooled
/// frame for each child.
template <class... A>
  requires(detail::child_argument<A> && ...)
auto all(A&&... children) {
  using Kind = detail::AllOf<std::remove_cvref_t<A>...>;
  return Together<Kind>(Kind(std::in_place, std::forward<A>(children)...));
}
/// The same for any number of one type: gives a vector of the values, in the order of the children; of `Task<>`,
/// nothing.
template <detail::child_awaitable A> auto all(std::vector<A> children) {
  using Kind = detail::AllOfVector<A>;
  return Together<Kind>(Kind(std::move(children)));
}

}  // namespace troupe
