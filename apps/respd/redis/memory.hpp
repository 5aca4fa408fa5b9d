// apps/respd/redis/memory.hpp: what the data takes: memory that is counted as it comes and goes.
#pragma once
#include <cstddef>
#include <cstdint>

namespace respd {

/// Bytes that are allocated, and the most that were. The program counts all that it allocates
/// (server/allocation.cpp); elsewhere only what `resize_memory` and `free_memory` see is counted.
/// What another thread frees counts there, so that only the sum of all threads is what is in use.
struct MemoryInUse {
  std::int64_t bytes = 0;
  std::int64_t high = 0;  ///< the most since the last `trim_memory`
  std::int64_t peak = 0;  ///< the most ever before that

  void add(std::size_t more) noexcept {
    bytes += static_cast<std::int64_t>(more);
    if (bytes > high) high = bytes;
  }
  void remove(std::size_t less) noexcept { bytes -= static_cast<std::int64_t>(less); }
};
/// Of this thread: a program with several runtimes has one on each.
inline constinit thread_local MemoryInUse memory_in_use;

/// What std::realloc does, counted: null where there is no memory, and then nothing has changed.
[[nodiscard]] void* resize_memory(void* old, std::size_t size) noexcept;
/// Zeroed memory for an array, counted, or null. Zeroed by the system, where it is large.
[[nodiscard]] void* zeroed_memory(std::size_t count, std::size_t size) noexcept;
/// Gives back what one of those gave; null is nothing.
void free_memory(void* block) noexcept;
/// The size that counts for an allocated block.
[[nodiscard]] std::size_t allocated_size(void* block) noexcept;

/// Tells the allocator to keep less of what is freed. Once, before there is any data.
void keep_little_memory() noexcept;
/// Gives what the allocator holds without need back to the system. Takes about as long as there is
/// memory to give back: 1 ms for `worth_a_trim` and some more.
void trim_memory() noexcept;
/// Bytes that have to be freed, on balance, to make that worth it.
inline constexpr std::int64_t worth_a_trim = std::int64_t{8} * 1024 * 1024;
/// Whether so many have been freed since the last time.
[[nodiscard]] inline bool trim_is_due() noexcept {
  return memory_in_use.high - memory_in_use.bytes >= worth_a_trim;
}
/// Bytes of the process that are in main memory; 0 where that is not known.
[[nodiscard]] std::uint64_t resident_memory();
/// The allocator's name for INFO.
[[nodiscard]] const char* allocator_name() noexcept;

}  // namespace respd
