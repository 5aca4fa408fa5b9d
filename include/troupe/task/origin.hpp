// task/origin.hpp: where a value goes back to that was received for a coroutine which has gone
// before it took the value. (internal)
//
// A child of a group receives a value for the coroutine that awaits the group, and resumes before
// that one does. If that one is dropped in between, the value is put back in front of all others,
// so that the next reader gets it. What is awaited says by origin() where, before it is awaited;
// what came of it is handed to put_back() as it is, in whatever modes and limits have wrapped it.
#pragma once
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <troupe/task/ring.hpp>
#include <type_traits>
#include <utility>

namespace troupe::detail {

struct Origin {
};  // base of all that origin() gives: those of other libraries mean something else by that name
// origin() is private in what users see: this is its friend.
struct AsksOrigin {
  template <class A> static auto of(const A& awaitable) -> decltype(awaitable.origin()) {
    return awaitable.origin();
  }
};
template <class A>
concept has_origin = requires(const A& a) {
  { AsksOrigin::of(a) } -> std::derived_from<Origin>;
};

// The T in what an await has given: in an optional, in an expected, in one in the other; or null.
template <class T, class X> T* find_item(X& got) noexcept {
  if constexpr (std::is_same_v<T, X>)
    return std::addressof(got);
  else
    return got ? detail::find_item<T>(*got) : nullptr;
}

// An object that may go first: then a value has nowhere to go to, and dies.
template <class Object> class ObjectLink {
 public:
  ObjectLink() noexcept = default;  // to one that has gone
  ObjectLink(Object& object, RingLink& ring) noexcept : object_(std::addressof(object)) {
    link_.join(ring);
  }
  ObjectLink(ObjectLink&& other) noexcept : object_(other.object_) {
    if (!other.link_.alone()) link_.replace(other.link_);
  }
  Object* get() noexcept { return link_.alone() ? nullptr : object_; }

 private:
  Object* object_ = nullptr;
  RingLink link_;
};
template <class T, class Object> class ObjectOrigin : public Origin {
 public:
  ObjectOrigin() noexcept = default;
  ObjectOrigin(Object& object, RingLink& ring) noexcept : link_(object, ring) {}
  template <class X> void put_back(X& got) noexcept {
    T* item = detail::find_item<T>(got);
    if (Object* object = item ? link_.get() : nullptr) object->put_back(std::move(*item));
  }

 private:
  ObjectLink<Object> link_;
};

// A cell that counts its readers, and lives as long as one does.
template <class T, class Cell> class CountedOrigin : public Origin {
 public:
  explicit CountedOrigin(Cell& cell) noexcept : cell_(std::addressof(cell)) { ++cell.readers; }
  CountedOrigin(CountedOrigin&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  ~CountedOrigin() {
    if (cell_) cell_->release();
  }
  template <class X> void put_back(X& got) noexcept {
    if (T* item = detail::find_item<T>(got)) cell_->put_back(std::move(*item));
  }

 private:
  Cell* cell_;
};

// Of what has none: the value dies.
struct NoOrigin {
  template <class X> void put_back(X&) noexcept {}
};
template <class A> auto origin_of(const A& awaitable) {
  if constexpr (has_origin<A>)
    return AsksOrigin::of(awaitable);
  else
    return NoOrigin();
}
template <class A> using OriginOf = decltype(detail::origin_of(std::declval<const A&>()));
// A slot that has a place for it.
template <class A, class Slot> struct SlotWithOrigin : Slot {
  std::optional<OriginOf<A>> origin;
};
template <class A, class Slot>
using with_origin = std::conditional_t<has_origin<A>, SlotWithOrigin<A, Slot>, Slot>;
template <class Slot> void put_back_from(Slot& slot) noexcept {
  if constexpr (requires { slot.origin; })
    if (slot.value) slot.origin->put_back(*slot.value);
}

// Of a group: each of its values goes back where it came from.
template <class Kind> class OriginOfMany : public Origin {
 public:
  using Each = decltype(std::declval<const Kind&>().origins());
  explicit OriginOfMany(Each&& each) noexcept : each_(std::move(each)) {}
  template <class X> void put_back(X& got) noexcept {
    if (auto* values = detail::find_item<typename Kind::value_type>(got))
      Kind::put_back_to(each_, *values);
  }

 private:
  Each each_;
};

// f(N - 1) to f(0): what goes back in front goes the last one first.
template <std::size_t N, class F> void count_down(const F& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f(std::integral_constant<std::size_t, N - 1 - I>()), ...);
  }(std::make_index_sequence<N>());
}

}  // namespace troupe::detail
