// core/box.cpp: the last name and the last owner of a box.
#include <troupe/core/box.hpp>

#include "extras.hpp"

namespace troupe::detail {

std::uint64_t Box::maker() const noexcept {
  std::uint64_t maker = 0;
#if TROUPE_DEBUG
  std::memcpy(&maker, reinterpret_cast<const char*>(this) + type->id_at + sizeof(maker),
              sizeof(maker));
#endif
  return maker;
}

std::string_view Box::name() const noexcept {
  return named ? std::string_view(kernel().extras->names.find(id())->second) : std::string_view{};
}

void Box::last_name() noexcept {
  Kernel& k = kernel();
  if (k.ended)
    Pool::give_back(this, type->pool_class, true);
  else
    k.main.bury(this);
}

// Never at once: what was called before the last owner went still runs.
void Box::last_owner() noexcept {
  owners = 0;
  if (has_ended()) return unref();
  --refs;  // not the last: it lives
  void* p = kernel().main.room<sizeof(EndingRecord)>();
  if (!p) [[unlikely]]
    return last_owner_late();
  ::new (p) EndingRecord{type->end, this};
}

TROUPE_COLD void Box::last_owner_late() noexcept {
  Kernel& k = kernel();
  k.main.push<sizeof(EndingRecord)>([&](void* p) { ::new (p) EndingRecord{type->end, this}; },
                                    [&] { k.sweep = true; });
}

}  // namespace troupe::detail
