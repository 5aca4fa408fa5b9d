// core/linked.hpp: a list whose members know what names them, so that each leaves it by itself.
// (internal)
#pragma once

namespace troupe::detail {

// Base of a member. A list is a pointer to its first member; whoever copies that pointer moves the
// first one's `place`.
template <class T> struct Linked {
  T** place;  // what names it: its list, or the one before
  T* next;

  void link(T*& list) noexcept {
    next = list;
    if (next) next->place = &next;
    place = &list;
    list = static_cast<T*>(this);
  }
  void unlink() noexcept {
    *place = next;
    if (next) next->place = place;
  }
};

}  // namespace troupe::detail
