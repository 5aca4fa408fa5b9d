// task/all.hpp: awaiting many things at once, and all of them.
#pragma once
#include <troupe/task/group.hpp>
#include <vector>

namespace troupe {

namespace detail {
template <std::size_t I, class Values> auto& value_at(Values& values) noexcept {
  if constexpr (requires { values.template get<I>(); })
    return values.template get<I>();
  else
    return std::get<I>(values);
}
template <class... A> class TupleChildren {
 public:
  using Slots = std::tuple<slot_of<A>...>;
  using Origins = std::tuple<OriginOf<A>...>;
  static constexpr bool keeps = false;
  static constexpr bool owns = (bool(storable<A>) && ...);
  template <class... X> explicit TupleChildren(std::in_place_t, X&&... x) : children_(std::forward<X>(x)...) {}
  void start(SlotGroup<Slots>& g) { start_each(g, std::index_sequence_for<A...>{}); }
  static void put_back(Slots& slots) noexcept {
    count_down<sizeof...(A)>([&](auto i) { detail::put_back_from(std::get<i()>(slots)); });
  }
  Origins origins() const
    requires(has_origin<A> || ...)
  {
    return std::apply([](const A&... child) { return Origins(detail::origin_of(child)...); }, children_);
  }
  template <class Values> static void put_back_to(Origins& origins, Values& values) noexcept {
    count_down<sizeof...(A)>([&](auto i) { std::get<i()>(origins).put_back(detail::value_at<i()>(values)); });
  }

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

template <class Values> auto& all_values(Values& values) noexcept {
  if constexpr (requires { values.values(); })
    return values.values();
  else
    return values;
}
template <class A> class VectorChildren {
 public:
  using Item = instead_of_void<child_value<A>>;
  struct Slots {
    std::unique_ptr<slot_of<A>[]> at;
    std::size_t size = 0;
  };
  static constexpr bool keeps = false;
  static constexpr bool owns = bool(storable<A>);
  explicit VectorChildren(std::vector<A>&& children) : children_(std::move(children)) {}
  void start(SlotGroup<Slots>& g) {
    g.slots.at.reset(new slot_of<A>[children_.size()]);
    for (A& child : children_) {
      if (g.decided()) return;
      slot_of<A>& slot = g.slots.at[g.slots.size];
      slot.number = static_cast<std::uint32_t>(g.slots.size++);
      start_child(g, slot, std::move(child));
    }
    children_ = std::vector<A>();
  }
  static void put_back(Slots& slots) noexcept {
    if constexpr (has_origin<A>)
      for (std::size_t i = slots.size; i != 0; --i) detail::put_back_from(slots.at[i - 1]);
  }
  std::vector<OriginOf<A>> origins() const
    requires has_origin<A>
  {
    std::vector<OriginOf<A>> all;
    all.reserve(children_.size());
    for (const A& child : children_) all.push_back(child.origin());
    return all;
  }
  template <class Values> static void put_back_to(std::vector<OriginOf<A>>& origins, Values& got) noexcept {
    auto& values = detail::all_values(got);
    for (std::size_t i = values.size(); i != 0; --i) origins[i - 1].put_back(values[i - 1]);
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

template <class V> inline constexpr bool is_child_vector = false;
template <child_awaitable A> inline constexpr bool is_child_vector<std::vector<A>> = true;
template <class V> using child_of = typename std::remove_cvref_t<V>::value_type;
template <class V>
concept child_vector = is_child_vector<std::remove_cvref_t<V>> &&
                       (std::is_same_v<V, std::remove_cvref_t<V>> || std::copy_constructible<child_of<V>>);
template <class... A>
concept meant_as_children = ((meant_as_child<A> || is_child_vector<std::remove_cvref_t<A>>) || ...);
template <class... A>
concept good_children = (child_argument<A> && ...) || (sizeof...(A) == 1 && (child_vector<A> && ...));
template <class A, class... More> auto find_first_mistake() {
  if constexpr (child_argument<A>)
    return find_first_mistake<More...>();
  else
    return find_child_mistake<A>();
}
template <class... A> auto find_mistake_of_children() {
  if constexpr (!meant_as_children<A...>)
    return no_mistake{};
  else if constexpr (sizeof...(A) == 1 && (is_child_vector<std::remove_cvref_t<A>> && ...))
    return what_is_awaited_is_used_up_hand_it_on_with_std_move{};
  else
    return find_first_mistake<A...>();
}
template <class... A> using FoundMistakeOfChildren = decltype(find_mistake_of_children<A...>());
template <class... A> using ChildMistake = MistakeUnless<good_children<A...>, FoundMistakeOfChildren, A...>;
}  // namespace detail

/// `co_await all(a, b, ...)`: runs tasks and other awaitables, ours or foreign, at the same time and gives a
/// `std::tuple` of their values when the last has ended; a child without a value gives a `std::monostate`. Each child
/// is a task of its own, owned by the owner of the awaiting task, begun in order by the queue. The first failure is the
/// outcome, and cancels the other children: an exception is rethrown at the co_await; if a child is lost the awaiting
/// task ends there (`.reply()`, `.value()`: see `Together`). A task that is dropped meanwhile drops its children.
/// Children end before the co_await does, except those that wait in an awaitable of another library. A `Step` that is
/// made in the expression may be a child, and borrow what that expression keeps alive; all() must then be awaited in
/// the same expression. (If such a child is dropped while another library holds it, its locals are destroyed later than
/// what it borrows: their destructors must not use the borrowed objects.) Cost: a pooled cell, and a pooled frame for
/// each child that is no Task: a Task is the child itself.
///
/// Who has received what: a child takes a value in its own turn, which makes room where it came from; the value is the
/// awaiting task's when that goes on. If that is dropped before, or if it goes on with a failure, then an item of a
/// queue or pipe goes back in front of all others, bytes go back to their connection and a connection to its listener,
/// for the next reader. All other values are destroyed. The same holds for race() and any(), for an await with a limit
/// or in another mode as a child, and for one group in another; but not for what a Task, a Step or a generator has
/// received itself: that is theirs.
template <class... A>
  requires(detail::child_argument<A> && ...)
auto all(A&&... children) {
  using Kind = detail::AllOf<detail::child_type<A>...>;
  return detail::made_of<Together<Kind>, A...>(
      Together<Kind>(Kind(std::in_place, detail::child_from<A>::take(std::forward<A>(children))...)));
}
/// `co_await all(children)`: any number of children of one type; gives a vector of the values, in the order of the
/// children. For children without a value (`Task<>`) it gives nothing.
template <detail::child_vector V> auto all(V&& children) {
  using Kind = detail::AllOfVector<detail::child_of<V>>;
  return Together<Kind>(Kind(std::vector<detail::child_of<V>>(std::forward<V>(children))));
}
// clang-format off
template <class... A, class Mistake = detail::ChildMistake<A...>> requires(!detail::good_children<A...> && detail::meant_as_children<A...>)
detail::Refused all(A&&...) = delete;  // see Mistake
template <class = void>
detail::Refused all(detail::Any, detail::Any = {}, detail::Any = {}, ...) = delete;  // nothing to await: give Tasks (call the function) or one std::vector
// clang-format on

}  // namespace troupe
