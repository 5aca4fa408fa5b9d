// task/children.hpp: the children of a group, given one by one or in a vector. (internal)
#pragma once
#include <troupe/task/group.hpp>
#include <vector>

namespace troupe::detail {

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
  template <class... X>
  explicit TupleChildren(std::in_place_t, X&&... x) : children_(std::forward<X>(x)...) {}
  void start(SlotGroup<Slots>& g) { start_each(g, std::index_sequence_for<A...>{}); }
  static void put_back(Slots& slots) noexcept {
    count_down<sizeof...(A)>([&](auto i) { detail::put_back_from(std::get<i()>(slots)); });
  }
  Origins origins() const
    requires(has_origin<A> || ...)
  {
    return std::apply([](const A&... child) { return Origins(detail::origin_of(child)...); },
                      children_);
  }
  template <class Values> static void put_back_to(Origins& origins, Values& values) noexcept {
    count_down<sizeof...(A)>(
        [&](auto i) { std::get<i()>(origins).put_back(detail::value_at<i()>(values)); });
  }

 private:
  template <std::size_t... I> void start_each(SlotGroup<Slots>& g, std::index_sequence<I...>) {
    (start_one<I>(g), ...);
  }
  template <std::size_t I> void start_one(SlotGroup<Slots>& g) {
    if (g.decided()) return;
    std::get<I>(g.slots).number = I;
    detail::start_child(g, std::get<I>(g.slots), std::move(std::get<I>(children_)));
  }
  std::tuple<A...> children_;
};

template <class Values> auto& all_values(Values& values) noexcept {
  if constexpr (requires { values.values(); })
    return values.values();
  else
    return values;
}
// Slots of any number of children, in one cell of the pool.
template <class S> class SlotArray {
 public:
  SlotArray() noexcept = default;
  SlotArray(const SlotArray&) = delete;
  ~SlotArray() {
    if (!at_) return;
    std::destroy_n(at_, size_);
    Pool::give_back(at_, bytes_);
  }
  void reserve(Core& core, std::size_t most) {  // throws bad_alloc
    if (most == 0) return;
    bytes_ = most * sizeof(S);
    at_ = static_cast<S*>(kernel_of(core).pool.take(bytes_));
    if (!at_) TROUPE_THROW(std::bad_alloc{});
  }
  TROUPE_INLINE S& add() noexcept {
    S& slot = *::new (static_cast<void*>(at_ + size_)) S;
    slot.number = static_cast<std::uint32_t>(size_++);
    return slot;
  }
  std::size_t size() const noexcept { return size_; }
  S& operator[](std::size_t i) noexcept { return at_[i]; }
  S* begin() noexcept { return at_; }
  S* end() noexcept { return at_ + size_; }

 private:
  S* at_ = nullptr;
  std::size_t size_ = 0, bytes_ = 0;
};
template <class A> class VectorChildren {
 public:
  using Item = instead_of_void<child_value<A>>;
  using Slots = SlotArray<slot_of<A>>;
  static constexpr bool keeps = false;
  static constexpr bool owns = bool(storable<A>);
  explicit VectorChildren(std::vector<A>&& children) : children_(std::move(children)) {}
  void start(SlotGroup<Slots>& g) {
    g.slots.reserve(*g.core, children_.size());
    for (A& child : children_) {
      if (g.decided()) return;
      detail::start_child(g, g.slots.add(), std::move(child));
    }
    children_ = std::vector<A>();
  }
  static void put_back(Slots& slots) noexcept {
    if constexpr (has_origin<A>)
      for (std::size_t i = slots.size(); i != 0; --i) detail::put_back_from(slots[i - 1]);
  }
  std::vector<OriginOf<A>> origins() const
    requires has_origin<A>
  {
    std::vector<OriginOf<A>> all;
    all.reserve(children_.size());
    for (const A& child : children_) all.push_back(AsksOrigin::of(child));
    return all;
  }
  template <class Values>
  static void put_back_to(std::vector<OriginOf<A>>& origins, Values& got) noexcept {
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
    g.taken = true;
    return std::apply([](auto&... slot) { return value_type(std::move(*slot.value)...); }, g.slots);
  }
};

template <class A> class AllOfVector : public VectorChildren<A> {
 public:
  using typename VectorChildren<A>::Slots;
  using value_type = std::conditional_t<std::is_void_v<child_value<A>>, void,
                                        std::vector<typename VectorChildren<A>::Item>>;
  static constexpr Group::Rule rule = Group::Rule::all;
  static constexpr const char* what = "all of several tasks";
  using VectorChildren<A>::VectorChildren;
  value_type take(SlotGroup<Slots>& g) {
    if constexpr (!std::is_void_v<value_type>) {
      value_type values;
      values.reserve(g.slots.size());
      g.taken = true;
      for (auto& slot : g.slots) values.push_back(std::move(*slot.value));
      return values;
    }
  }
};

template <class V> inline constexpr bool is_child_vector = false;
template <child_awaitable A> inline constexpr bool is_child_vector<std::vector<A>> = true;
template <class V> using child_of = typename std::remove_cvref_t<V>::value_type;
template <class V>
concept child_vector =
    is_child_vector<std::remove_cvref_t<V>> &&
    (std::is_same_v<V, std::remove_cvref_t<V>> || std::copy_constructible<child_of<V>>);
template <class... A>
concept meant_as_children = ((meant_as_child<A> || is_child_vector<std::remove_cvref_t<A>>) || ...);
template <class... A>
concept good_children =
    (child_argument<A> && ...) || (sizeof...(A) == 1 && (child_vector<A> && ...));
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
template <class... A>
using ChildMistake = MistakeUnless<good_children<A...>, FoundMistakeOfChildren, A...>;

}  // namespace troupe::detail
