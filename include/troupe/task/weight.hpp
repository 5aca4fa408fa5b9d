// task/weight.hpp: what counts against the capacity of a queue or a pipe: items, or their weights.
#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <troupe/core/mistake.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// Each item weighs 1, so that a capacity is a number of items. The `Weight` of queues and pipes
/// where nothing else is said. Costs nothing.
struct ByCount {
  template <class T> constexpr std::size_t operator()(const T&) const noexcept { return 1; }
};

/// An item weighs its `size()`: a capacity is a number of bytes where items are strings or buffers.
struct BySize {
  template <class T>
    requires requires(const T& item) {
      { item.size() } -> std::unsigned_integral;
    }
  constexpr std::size_t operator()(const T& item) const noexcept {
    return item.size();
  }
};

/// The most that one item weighs: 2^40. One for which its `Weight` says more weighs that.
inline constexpr std::size_t largest_weight = std::size_t{1} << 40;

namespace detail {
template <class N>
concept weight_number = std::unsigned_integral<N> && !std::same_as<N, bool>;
template <class W, class T>
concept tells_weight = requires(const W& weight, const T& item) {
  { weight(item) } -> weight_number;
};
}  // namespace detail

/// Whether `W` tells the weight of items of type `T`: a class without data whose call operator
/// takes a `const T&`, gives an unsigned integer, and is `noexcept`. It is asked when the item is
/// sent or pushed, and the answer is kept beside the item (8 bytes): what it looks at may change
/// while the item waits. For an item that goes back, because a race or its like was dropped that
/// had received it, it is asked again. An item for which it says 0 weighs 1, so that there is no
/// item without a bound. It must not use the queue or pipe.
template <class W, class T>
concept Weighs = std::is_empty_v<W> && std::is_nothrow_default_constructible_v<W> &&
                 detail::tells_weight<W, T> && requires(const W& weight, const T& item) {
                   { weight(item) } noexcept;
                 };

namespace detail {
template <class T, class W> auto find_weight_mistake() {
  if constexpr (Weighs<W, T>)
    return no_mistake{};
  else if constexpr (!std::is_empty_v<W> || !std::is_nothrow_default_constructible_v<W>)
    return a_weight_is_a_class_without_data_that_is_made_anew_for_each_item{};
  else if constexpr (!tells_weight<W, T>)
    return a_weight_is_called_with_a_const_item_and_gives_a_std_size_t{};
  else
    return a_weight_must_not_throw_mark_its_call_operator_noexcept{};
}
template <class T, class W> using WeightMistake = decltype(find_weight_mistake<T, W>());
// What is wrong with the items, or else with their weight.
template <class T, class W>
using WeighedMistake =
    std::conditional_t<may_wait<T>, MistakeUnless<!may_wait<T>, WeightMistake, T, W>,
                       WaitingMistake<T>>;

// An item that waits, beside its weight.
template <class T> struct Weighed {
  T item;
  std::size_t weight;
};

// The sum of the weights of what waits in a queue or pipe, and its limit. A Slot is what waits
// there: an item, with its weight where it has one of its own.
template <class T, class W> class Scale {
 public:
  using Slot = Weighed<T>;
  static constexpr bool counts = false;
  explicit Scale(std::size_t limit) noexcept : limit_(limit) {}
  static std::size_t weigh(const T& item) noexcept {
    return std::clamp<std::size_t>(W()(item), 1, largest_weight);
  }
  static std::size_t weight_of(const Slot& slot) noexcept { return slot.weight; }
  static Slot slot(T&& item, std::size_t weight) noexcept { return Slot{std::move(item), weight}; }
  static T& item_of(Slot& slot) noexcept { return slot.item; }
  // Alone, whatever it weighs. No overflow: that would take 2^24 items that each weigh the most,
  // and more than one of these wait only where they were put back.
  bool fits(std::size_t weight) const noexcept { return sum_ == 0 || sum_ + weight <= limit_; }
  void add(std::size_t weight) noexcept { sum_ += weight; }
  void remove(const Slot& slot) noexcept { sum_ -= slot.weight; }
  std::size_t sum(std::size_t /*count*/) const noexcept { return sum_; }

 private:
  std::size_t limit_, sum_ = 0;
};
// By count there is nothing to weigh: the bound on the number of items is all.
struct OfOne {};
template <class T> class Scale<T, ByCount> {
 public:
  using Slot = T;
  static constexpr bool counts = true;
  explicit Scale(std::size_t) noexcept {}
  static OfOne weigh(const T&) noexcept { return {}; }
  static OfOne weight_of(const T&) noexcept { return {}; }
  static T&& slot(T&& item, OfOne) noexcept { return std::move(item); }
  static T& item_of(T& item) noexcept { return item; }
  bool fits(OfOne) const noexcept { return true; }
  void add(OfOne) noexcept {}
  void remove(const T&) noexcept {}
  std::size_t sum(std::size_t count) const noexcept { return count; }
};
template <class T, class W> using WeightOf = decltype(Scale<T, W>::weigh(std::declval<const T&>()));
}  // namespace detail

}  // namespace troupe
