// support/count_allocations.cpp: counts what is asked of the heap, by standing in front of glibc's
// malloc.
//
// `operator new` ends here too. One increment and one jump are added to each call: every program of
// the benchmark pays the same. Without glibc, or with a sanitizer (which stands there itself),
// nothing is counted.
#include <features.h>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "measure.hpp"

namespace {
std::uint64_t count = 0;
}

namespace bench {
u64 allocations() noexcept { return count; }
}  // namespace bench

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t items, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++count;
  return __libc_malloc(size);
}

void* calloc(std::size_t items, std::size_t size) noexcept {
  ++count;
  return __libc_calloc(items, size);
}

void* realloc(void* old, std::size_t size) noexcept {
  ++count;
  return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++count;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  ++count;
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif
