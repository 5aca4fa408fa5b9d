// core/pool.hpp: memory by size, in aligned blocks that name their runtime. (internal)
//
// Boxes of actors, pooled Rets, forwards, held calls and coroutine frames all come from here: a
// malloc and free pair costs more than a whole call. A block is aligned to its size, so any cell
// finds its runtime by masking its address (two instructions; a pointer in each cell would cost a
// cache miss). A block holds cells of one size. Blocks come in regions that grow, since aligning an
// allocation wastes up to one block. Free cells are poisoned under ASan.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <troupe/base/panic.hpp>
#include <troupe/base/platform.hpp>
#include <troupe/core/box_header.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

class Core;

namespace detail {
class Pool;
struct Block {
  static constexpr std::size_t size =
      256 * 1024;  ///< bytes; at 64 KiB the heads of blocks alias in the cache
  static constexpr std::size_t head = 64;
  Core* core;  // the runtime's, which is kept in memory as long as the block
  Pool* pool;
  Block* next;
  Block* region;            // the first block of one allocation
  std::uint32_t cell;       // bytes of a cell
  std::uint32_t carved;     // bytes in use from the start
  std::uint32_t live;       // cells in use, once the runtime has gone
  std::uint32_t in_region;  // in the first block: how many blocks of the region are still wanted
  bool boxes;               // holds boxes of actors
  static Block* of(const void* p) noexcept {
    return reinterpret_cast<Block*>(reinterpret_cast<std::uintptr_t>(p) & ~(size - 1));
  }
};
static_assert(sizeof(Block) <= Block::head);

class Pool {
 public:
  static constexpr unsigned step = 8;        // bytes between two sizes up to `fine`
  static constexpr std::size_t fine = 1024;  // bytes; sizes double from here
  static constexpr std::size_t largest =
      128 * 1024;  // bytes; what is larger does not come from a pool
  static constexpr std::size_t box_link =
      sizeof(BoxHeader);  // where a dead box links on: its header says it is dead
  static constexpr unsigned classes = fine / step + 8;
  static constexpr unsigned class_of(std::size_t bytes) noexcept {
    if (bytes <= 16) return 16 / step;
    if (bytes <= fine) return static_cast<unsigned>((bytes + step - 1) / step);
    unsigned k = fine / step + 1;
    for (std::size_t s = fine * 2; s < bytes; s *= 2) ++k;
    return k;
  }
  static constexpr std::size_t size_of(unsigned k) noexcept {
    return k <= fine / step ? std::size_t{k} * step : fine << (k - fine / step);
  }

  explicit Pool(Core& core) noexcept : core_(core) {}
  Pool(const Pool&) = delete;

  /// A cell of `bytes`, or null when there is no memory or the bound is reached. What is larger
  /// than `largest` comes from the heap.
  TROUPE_INLINE void* take(std::size_t bytes) noexcept {
    return bytes > largest ? take_large(bytes) : take(class_of(bytes), false);
  }
  /// Gives a cell of `bytes` back to the pool that it is of; also after the runtime of that pool
  /// has gone.
  TROUPE_INLINE static void give_back(void* p, std::size_t bytes) noexcept {
    if (bytes > largest) return give_large(p);
    give_back(p, class_of(bytes), false);
  }
  TROUPE_INLINE static void give_back(void* p, unsigned k, bool box) noexcept {
    Pool& pool = *Block::of(p)->pool;
    if (pool.orphan_gone_) [[unlikely]]
      return give_orphan(p);
    pool.give(p, k, box);
  }
  /// An object in a cell; null when there is no memory, the arguments untouched.
  template <class T, class... X> TROUPE_INLINE T* try_make(X&&... x) noexcept {
    static_assert(std::is_nothrow_constructible_v<T, X...>);
    void* cell = take(sizeof(T));
    return cell ? ::new (cell) T(std::forward<X>(x)...) : nullptr;
  }
  /// An object in a cell. Throws bad_alloc, the arguments untouched.
  template <class T, class... X> TROUPE_INLINE T& make(X&&... x) {
    T* object = try_make<T>(std::forward<X>(x)...);
    if (!object) TROUPE_THROW(std::bad_alloc{});
    return *object;
  }
  /// Ends an object that was made so, and gives its cell back.
  template <class T> TROUPE_INLINE static void destroy(T& object) noexcept {
    object.~T();
    give_back(std::addressof(object), sizeof(T));
  }
  /// Gives boxes of one type back, linked as graves from `first` to `last`.
  static void give_back_boxes(BoxHeader* first, BoxHeader* last) noexcept;

  /// A cell of class `k`, or null when there is no memory or the bound is reached.
  TROUPE_INLINE void* take(unsigned k, bool box) noexcept {
    if (void* p = free_[box][k]) [[likely]] {
      TROUPE_UNPOISON(p, size_of(k));
      std::memcpy(&free_[box][k], static_cast<char*>(p) + link_at(box), sizeof(void*));
      return p;
    }
    return carve(k, box);
  }
  TROUPE_INLINE void give(void* p, unsigned k, bool box) noexcept {
    std::memcpy(static_cast<char*>(p) + link_at(box), &free_[box][k], sizeof(void*));
    free_[box][k] = p;
    hide(p, k, box);
  }
  /// Takes boxes of one class back that are linked already, from `first` to `last`.
  TROUPE_INLINE void give_boxes(void* first, void* last, unsigned k) noexcept {
    if constexpr (TROUPE_ASAN) hide_boxes(first, last, k);
    std::memcpy(static_cast<char*>(last) + box_link, &free_[true][k], sizeof(void*));
    free_[true][k] = first;
  }

  /// Calls f(void*) for each cell that was ever a box; dead ones say so in their state.
  template <class F> void each_box(F&& f) const {
    for (Block* b = blocks_; b; b = b->next)
      if (b->boxes)
        for (std::uint32_t at = Block::head; at + b->cell <= b->carved; at += b->cell)
          f(static_cast<void*>(reinterpret_cast<char*>(b) + at));
  }

  /// Gives back every region in which no cell is in use.
  void trim() noexcept;
  /// The runtime has gone: frees the regions that nobody holds. @returns how many blocks stay, as
  /// orphans
  /// @param orphan_gone called when the last cell of an orphaned block has gone, once for each
  std::size_t retire(void (*orphan_gone)(Core&) noexcept) noexcept;

  void set_bound(std::size_t bytes) noexcept { bound_ = bytes; }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t link_at(bool box) noexcept { return box ? box_link : 8; }
  static void hide([[maybe_unused]] void* p, [[maybe_unused]] unsigned k, bool box) noexcept {
    TROUPE_POISON(static_cast<char*>(p) + 16, (box ? box_link : size_of(k)) - 16);
    if (box) TROUPE_POISON(static_cast<char*>(p) + box_link + 8, size_of(k) - box_link - 8);
  }
  static void hide_boxes(void* first, void* last, unsigned k) noexcept;
  static constexpr unsigned most_in_region = 16;  // blocks
  void* carve(unsigned k, bool box) noexcept;
  bool add_region() noexcept;
  void count_live() noexcept;
  static void release(Block* b) noexcept;
  static void give_orphan(void* p) noexcept;
  static void* take_large(std::size_t bytes) noexcept;
  static void give_large(void* p) noexcept;
  // Invariant: a free cell of class k is in free_[is it a box][k], or was never carved out of
  // current_[..][k].
  void* free_[2][classes] = {};
  Block* current_[2][classes] = {};
  Block* blocks_ = nullptr;
  char *region_ = nullptr, *next_ = nullptr;
  unsigned left_ = 0, grow_ = 1;
  std::size_t bytes_ = 0, bound_ = SIZE_MAX;
  Core& core_;
  void (*orphan_gone_)(Core&) noexcept = nullptr;  // set once the runtime has gone
};
}  // namespace detail

}  // namespace troupe
