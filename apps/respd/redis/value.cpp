// apps/respd/redis/value.cpp: the containers behind values.
#include "redis/value.hpp"

#include <algorithm>

#include "redis/steps.hpp"

namespace respd {

void Value::destroy_container() noexcept {
  step(elements());
  switch (std::exchange(layout_.kind, std::uint8_t{0})) {
    case list_kind:
      delete static_cast<List*>(pointer());
      break;
    case hash_kind:
      delete static_cast<Hash*>(pointer());
      break;
    case set_kind:
      delete static_cast<Set*>(pointer());
      break;
    default:
      delete static_cast<SortedSet*>(pointer());
      break;
  }
}

Value Value::copy(std::uint64_t seed) const {
  Value made;
  if (const Text* const held = text()) {
    made.assign(*held);
  } else if (const List* const list = get<List>()) {
    made.make<List>(seed) = *list;
  } else if (Hash* const hash = get<Hash>()) {
    Hash& copied = made.make<Hash>(seed);
    hash->for_each([&](Hash::Node& node) { copied.insert(node.key()).first->value = node.value; });
  } else if (Set* const set = get<Set>()) {
    Set& copied = made.make<Set>(seed);
    set->for_each([&](Set::Node& node) { copied.insert(node.key()); });
  } else if (SortedSet* const sorted = get<SortedSet>()) {
    SortedSet& copied = made.make<SortedSet>(seed);
    sorted->for_each([&](SortedSet::Node& node) { copied.insert(node.key(), node.value.score); });
  } else {
    made.make_number(number());
  }
  step(elements());
  return made;
}

std::string_view Value::type_name() const noexcept {
  constexpr std::string_view names[] = {"string", "list", "hash", "set", "zset"};
  return names[is_string() ? 0 : layout_.kind - number_kind];
}

std::size_t Value::elements() const noexcept {
  if (const List* const list = get<List>()) return list->size();
  if (const Hash* const hash = get<Hash>()) return hash->size();
  if (const Set* const set = get<Set>()) return set->size();
  if (const SortedSet* const sorted = get<SortedSet>()) return sorted->size();
  return 1;
}

std::size_t Value::discard(std::size_t most) noexcept {
  if (List* const list = get<List>()) {
    const std::size_t count = std::min(most, list->size());
    for (std::size_t i = 0; i < count; ++i) list->pop_back();
    step(count);
    return count;
  }
  if (Hash* const hash = get<Hash>()) return hash->discard(most);
  if (Set* const set = get<Set>()) return set->discard(most);
  if (SortedSet* const sorted = get<SortedSet>()) return sorted->discard(most);
  return 0;
}

}  // namespace respd
