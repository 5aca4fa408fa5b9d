// apps/respd/server/allocation.cpp: the program counts what it allocates, for INFO.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "redis/memory.hpp"

namespace {

void* counted(void* block) noexcept {
  respd::memory_in_use.add(respd::allocated_size(block));
  return block;
}

}  // namespace

void* operator new(std::size_t size) {
  void* const block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  return counted(block);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(std::malloc(size == 0 ? 1 : size));
}
void* operator new(std::size_t size, std::align_val_t align, const std::nothrow_t&) noexcept {
  const auto unit = static_cast<std::size_t>(align);
  return counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit));
}
void* operator new(std::size_t size, std::align_val_t align) {
  void* const block = ::operator new(size, align, std::nothrow);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { respd::free_memory(block); }
void operator delete(void* block, std::size_t) noexcept { respd::free_memory(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { respd::free_memory(block); }
void operator delete(void* block, std::align_val_t) noexcept { respd::free_memory(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  respd::free_memory(block);
}
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  respd::free_memory(block);
}
