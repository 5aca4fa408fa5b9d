// support/allocations_hook.hpp: the operators that support/allocations.hpp counts. In one file of a
// program only.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <new>

#include "support/allocations.hpp"

namespace troupe_test {

inline void* take_counted(std::size_t bytes, std::size_t alignment) noexcept {
  if (Allocations::refuses()) return nullptr;
  void* p = alignment > alignof(std::max_align_t)
                ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment)
                : std::malloc(bytes ? bytes : 1);
  if (p) {
    Allocations::made.fetch_add(1, std::memory_order_relaxed);
    Allocations::live.fetch_add(1, std::memory_order_relaxed);
  }
  return p;
}
inline void* take_or_throw(std::size_t bytes, std::size_t alignment) {
  if (void* p = take_counted(bytes, alignment)) return p;
#if defined(__cpp_exceptions)
  throw std::bad_alloc{};
#else
  std::abort();
#endif
}
inline void give_counted(void* p) noexcept {
  if (p) Allocations::live.fetch_sub(1, std::memory_order_relaxed);
  std::free(p);
}

}  // namespace troupe_test

void* operator new(std::size_t n) { return troupe_test::take_or_throw(n, 1); }
void* operator new[](std::size_t n) { return troupe_test::take_or_throw(n, 1); }
void* operator new(std::size_t n, std::align_val_t a) {
  return troupe_test::take_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
  return troupe_test::take_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  return troupe_test::take_counted(n, 1);
}
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
  return troupe_test::take_counted(n, 1);
}
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return troupe_test::take_counted(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return troupe_test::take_counted(n, static_cast<std::size_t>(a));
}
void operator delete(void* p) noexcept { troupe_test::give_counted(p); }
void operator delete[](void* p) noexcept { troupe_test::give_counted(p); }
void operator delete(void* p, std::size_t) noexcept { troupe_test::give_counted(p); }
void operator delete[](void* p, std::size_t) noexcept { troupe_test::give_counted(p); }
void operator delete(void* p, std::align_val_t) noexcept { troupe_test::give_counted(p); }
void operator delete[](void* p, std::align_val_t) noexcept { troupe_test::give_counted(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  troupe_test::give_counted(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  troupe_test::give_counted(p);
}
void operator delete(void* p, const std::nothrow_t&) noexcept { troupe_test::give_counted(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { troupe_test::give_counted(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept {
  troupe_test::give_counted(p);
}
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept {
  troupe_test::give_counted(p);
}
