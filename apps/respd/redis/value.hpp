// apps/respd/redis/value.hpp: what a key may hold.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string_view>
#include <utility>

#include "redis/sorted_set.hpp"
#include "redis/table.hpp"
#include "redis/text.hpp"

namespace respd {

/// A list of strings, cheap at both ends.
using List = std::deque<Text>;
/// Fields and their values.
using Hash = Table<Text>;
/// Nothing: what a set's member maps to.
struct Nothing {};
/// Members without an order.
using Set = Table<Nothing>;

/// The value of a key, in 16 bytes. A string that was counted with is kept as the number it is; it
/// reads as a string all the same. The containers are never empty: a key whose last element goes,
/// goes.
class Value : private Text {
 public:
  /// An empty string.
  Value() noexcept = default;
  Value(Value&& other) noexcept = default;
  Value& operator=(Value&& other) noexcept = default;
  ~Value() {
    if (layout_.kind > number_kind) destroy_container();
  }

  /// Whether it is a string, in whichever form.
  [[nodiscard]] bool is_string() const noexcept { return layout_.kind <= number_kind; }
  /// The string that is kept as bytes, or null.
  [[nodiscard]] Text* text() noexcept { return layout_.kind <= long_kind ? this : nullptr; }
  [[nodiscard]] const Text* text() const noexcept {
    return layout_.kind <= long_kind ? this : nullptr;
  }
  /// The number of a string that is kept as one (there is no `text`).
  [[nodiscard]] std::int64_t number() const noexcept {
    std::int64_t number;
    std::memcpy(&number, &layout_, sizeof(number));
    return number;
  }
  /// The list, hash, set or sorted set, or null when it is something else.
  template <class T> [[nodiscard]] T* get() const noexcept {
    return layout_.kind == kind_of<T> ? static_cast<T*>(pointer()) : nullptr;
  }

  /// Becomes an empty string; returns it.
  Text& make_text() noexcept {
    *this = Value();
    return *this;
  }
  /// Becomes a string that is kept as a number.
  void make_number(std::int64_t number) noexcept {
    *this = Value();
    std::memcpy(static_cast<void*>(&layout_), &number, sizeof(number));
    layout_.kind = number_kind;
  }
  /// Becomes an empty container; returns it. `seed` goes into its hashes.
  template <class T> T& make(std::uint64_t seed) {
    T* const made = new_container<T>(seed);
    *this = Value();
    layout_.block = reinterpret_cast<char*>(made);
    layout_.kind = kind_of<T>;
    return *made;
  }
  /// A value with the same contents. O(n).
  [[nodiscard]] Value copy(std::uint64_t seed) const;

  /// The name of the type, as TYPE gives it.
  [[nodiscard]] std::string_view type_name() const noexcept;
  /// How many elements a container has; 1 for a string.
  [[nodiscard]] std::size_t elements() const noexcept;
  /// Destroys up to `most` elements of a container that nobody uses any more; returns how many. 0:
  /// there are no more.
  std::size_t discard(std::size_t most) noexcept;

 private:
  static constexpr std::uint8_t number_kind = long_kind + 1, list_kind = number_kind + 1,
                                hash_kind = list_kind + 1, set_kind = hash_kind + 1,
                                sorted_set_kind = set_kind + 1;
  template <class T> static constexpr std::uint8_t kind_of = 0;

  template <class T> static T* new_container([[maybe_unused]] std::uint64_t seed) {
    if constexpr (requires { T(seed); } && !std::is_same_v<T, List>)
      return new T(seed);
    else
      return new T();
  }
  [[nodiscard]] void* pointer() const noexcept { return layout_.block; }
  void destroy_container() noexcept;
};

template <> inline constexpr std::uint8_t Value::kind_of<List> = Value::list_kind;
template <> inline constexpr std::uint8_t Value::kind_of<Hash> = Value::hash_kind;
template <> inline constexpr std::uint8_t Value::kind_of<Set> = Value::set_kind;
template <> inline constexpr std::uint8_t Value::kind_of<SortedSet> = Value::sorted_set_kind;

}  // namespace respd
