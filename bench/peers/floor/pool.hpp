// floor/pool.hpp: free lists by size, cut from slabs that are never given back.
#pragma once

#include <cstddef>
#include <new>

namespace floor_peer {

inline constexpr std::size_t slab_bytes = 256 * 1024;

template <std::size_t Size> class Pool {
  static_assert(Size % 16 == 0);
  struct Free {
    Free* next;
  };

 public:
  static void* take() {
    if (free_ == nullptr) [[unlikely]]
      add_slab();
    Free* const cell = free_;
    free_ = cell->next;
    return cell;
  }

  static void give(void* cell) noexcept { free_ = new (cell) Free{free_}; }

 private:
  [[gnu::noinline]] static void add_slab() {
    char* const slab = static_cast<char*>(::operator new(slab_bytes));
    for (std::size_t at = slab_bytes / Size * Size; at >= Size; at -= Size) give(slab + at - Size);
  }

  static inline Free* free_ = nullptr;
};

/// `Size` rounded up to a pool's grid.
template <std::size_t Size> using PoolFor = Pool<(Size + 15) / 16 * 16>;

}  // namespace floor_peer
