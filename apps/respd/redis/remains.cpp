// apps/respd/redis/remains.cpp: freeing in steps.
#include "redis/remains.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace respd {

void Remains::take(Value value) noexcept {
  const std::size_t elements = value.elements();
  if (elements <= freed_at_once) return;
  try {
    values_.push_back(std::move(value));
    elements_ += elements;
  } catch (const std::bad_alloc&) {
    // The value is freed here and now: that makes room.
  }
}

void Remains::take(Keys keys) noexcept {
  if (keys.empty()) return;
  const std::size_t elements = keys.size();
  try {
    keys_.push_back(std::move(keys));
    elements_ += elements;
  } catch (const std::bad_alloc&) {
    // Likewise.
  }
}

std::size_t Remains::release(std::size_t most) noexcept {
  std::size_t released = 0;
  while (released < most && !values_.empty()) {
    released += values_.back().discard(most - released);
    if (values_.back().elements() == 0) values_.pop_back();
  }
  while (released < most && !keys_.empty()) {
    Keys& keys = keys_.back();
    // A key costs one step, and so does each element of a small value.
    std::size_t within = 0;
    while (released + within < most && !keys.empty()) {
      keys.discard(1, [&](Entry& entry) {
        const std::size_t elements = entry.value.value.elements();
        within += elements <= freed_at_once ? elements : 1;
        take(std::move(entry.value.value));
      });
    }
    released += within;
    if (keys.empty()) keys_.erase(keys_.begin() + (&keys - keys_.data()));
    while (released < most && !values_.empty()) {
      released += values_.back().discard(most - released);
      if (values_.back().elements() == 0) values_.pop_back();
    }
  }
  elements_ = empty() ? 0 : elements_ - std::min(elements_, released);
  return released;
}

}  // namespace respd
