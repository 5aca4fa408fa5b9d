// core/environment.cpp: the list of the values of an environment.
#include <troupe/core/environment.hpp>

namespace troupe::detail {

void Environment::put(const void* type, void* value, void (*destroy)(void*) noexcept) {
  first_ = new Entry{first_, type, value, destroy};
  drop_behind(&first_->next, type);
}

void* Environment::find(const void* type) const noexcept {
  for (const Entry* e = first_; e; e = e->next)
    if (e->type == type) return e->value;
  return nullptr;
}

void Environment::drop(const void* type) noexcept { drop_behind(&first_, type); }

void Environment::clear() noexcept {
  while (first_) drop(first_->type);
}

void Environment::drop_behind(Entry** at, const void* type) noexcept {
  for (; *at; at = &(*at)->next)
    if ((*at)->type == type) {
      Entry* old = *at;
      *at = old->next;
      old->destroy(old->value);
      delete old;
      return;
    }
}

}  // namespace troupe::detail
