// apps/respd/redis/containers.hpp: the lists, hashes and sets that keys hold, as commands reach
// them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "redis/command.hpp"
#include "redis/errors.hpp"

namespace respd {

/// The container of type `T` in an entry; answers WRONGTYPE and gives null when it holds something
/// else.
template <class T> [[nodiscard]] T* container(Call& call, Entry& entry) {
  if (T* const held = entry.value.value.template get<T>()) return held;
  call.reply.error(wrong_type);
  return nullptr;
}

/// The container of type `T` at a key, made when it is missing, and whether it was made; null after
/// a WRONGTYPE answer. The caller puts something into it.
template <class T>
[[nodiscard]] std::pair<T*, bool> container_to_fill(Call& call, std::string_view key) {
  const auto [entry, made] = call.insert(key);
  if (!made) return {container<T>(call, *entry), false};
  return {&entry->value.value.template make<T>(call.store.options.seed), true};
}

/// The container of type `T` at a key that exists. `missing` is called for a key that does not; a
/// key of another type is answered with WRONGTYPE. Null in both cases.
template <class T, class Missing>
[[nodiscard]] T* existing(Call& call, Entry* entry, Missing missing) {
  if (entry == nullptr) {
    missing();
    return nullptr;
  }
  return container<T>(call, *entry);
}

/// The indices `first` to `last` of a sequence of `size` elements, as LRANGE takes them: negative
/// ones count from the end. `first` > `last` when nothing is left.
struct IndexRange {
  std::int64_t first;
  std::int64_t last;
  [[nodiscard]] bool empty() const noexcept { return first > last; }
};
[[nodiscard]] inline IndexRange index_range(std::int64_t first, std::int64_t last,
                                            std::size_t size) noexcept {
  const auto count = static_cast<std::int64_t>(size);
  if (first < 0) first = first + count < 0 ? 0 : first + count;
  if (last < 0) last += count;
  if (last >= count) last = count - 1;
  if (first > last || first >= count) return {1, 0};
  return {first, last};
}

}  // namespace respd
