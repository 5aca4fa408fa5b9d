// apps/respd/redis/memory.cpp: the C library's allocator, which is glibc's or knows less.
#include "redis/memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <unistd.h>
#endif

namespace respd {

std::size_t allocated_size([[maybe_unused]] void* block) noexcept {
#ifdef __GLIBC__
  constexpr std::size_t head = sizeof(std::size_t);  // what glibc puts before each block
  return block == nullptr ? 0 : malloc_usable_size(block) + head;
#else
  return 0;
#endif
}

void* resize_memory(void* old, std::size_t size) noexcept {
  const std::size_t before = allocated_size(old);
  void* const block = std::realloc(old, size);
  if (block == nullptr) return nullptr;
  memory_in_use.remove(before);
  memory_in_use.add(allocated_size(block));
  return block;
}

void* zeroed_memory(std::size_t count, std::size_t size) noexcept {
  void* const block = std::calloc(count, size);
  memory_in_use.add(allocated_size(block));
  return block;
}

void free_memory(void* block) noexcept {
  memory_in_use.remove(allocated_size(block));
  std::free(block);
}

// glibc by itself keeps ever larger blocks once one of their size was freed. Blocks from 1 MB on
// come from the system and go back to it; what is free at the end of the heap goes back from 4 MB
// on. Small blocks are joined with their neighbours when they are freed, not many at once later.
void keep_little_memory() noexcept {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
  mallopt(M_TOP_PAD, 1024 * 1024);
  mallopt(M_MXFAST, 0);
#endif
}

void trim_memory() noexcept {
  memory_in_use.peak = std::max(memory_in_use.peak, memory_in_use.high);
  memory_in_use.high = memory_in_use.bytes;
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::uint64_t resident_memory() {
  unsigned long long pages = 0;
#ifdef __linux__
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*u %llu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  pages *= static_cast<unsigned long long>(sysconf(_SC_PAGESIZE));
#endif
  return pages;
}

const char* allocator_name() noexcept {
#ifdef __GLIBC__
  return "glibc";
#else
  return "libc";
#endif
}

}  // namespace respd
