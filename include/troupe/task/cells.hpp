// task/cells.hpp: where the values of a queue lie: a chain of chunks, read at one end and written
// at the other. (internal)
//
// A value never moves between put() and its end, so that growing runs no user code. Memory follows
// what waits: a chunk that was read is kept for the next one written, and a chain that stays short
// after a burst goes back to a short chunk.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <troupe/core/core.hpp>
#include <troupe/core/spare.hpp>
#include <utility>

namespace troupe::detail {

template <class T> class Cells : Spare {
 public:
  static constexpr std::size_t largest_chunk = 65536;  // bytes, or one value
  static constexpr std::size_t first_chunk = 512;

  /// @param most how many values there will be at most
  /// @throws std::bad_alloc when there is no memory
  explicit Cells(std::size_t most)
      : Spare([](Spare& s) noexcept { static_cast<Cells&>(s).trim(); }),
        base_(std::min(most, std::max<std::size_t>(first_chunk / sizeof(T), 1))),
        first_(make(base_)),
        last_(first_) {
    if (!first_) TROUPE_THROW(std::bad_alloc{});
  }
  ~Cells() {
    while (count_ != 0) drop_front();
    free(first_);
    free(spare_);
  }
  std::size_t count() const noexcept { return count_; }
  /// Bytes that all chunks take.
  std::size_t memory() const noexcept { return memory_; }
  /// Sees to it that there is room for one more; false when there is no memory. Never fails while
  /// it is empty.
  bool make_room() noexcept { return end_ != last_->size || add_chunk(); }
  /// After make_room().
  template <class U> void put(U&& value) {
    ::new (static_cast<void*>(last_->cell(end_))) T(std::forward<U>(value));
    ++end_;
    if (++count_ > peak_) peak_ = count_;
  }
  /// In front of all others; false, and nothing is done, when there is no memory or a value is just
  /// ending.
  bool put_front(T&& value) noexcept {
    if (dying_ != 0) return false;
    if (count_ == 0) return put(std::move(value)), true;
    if (at_ == 0 && !add_front_chunk()) return false;
    ::new (static_cast<void*>(first_->cell(--at_))) T(std::move(value));
    if (++count_ > peak_) peak_ = count_;
    return true;
  }
  T& front() noexcept {
    if (at_ == first_->size) leave_first();
    return *std::launder(reinterpret_cast<T*>(first_->cell(at_)));
  }
  /// The first value ends, which may put and drop others.
  void drop_front() noexcept {
    T& dead = front();
    ++at_;
    --count_;
    ++dying_;
    dead.~T();
    if (--dying_ != 0) return;
    while (left_) keep(std::exchange(left_, left_->next));
    if (count_ == 0) emptied();
  }
  /// Gives back what is not needed now.
  void trim() noexcept {
    if (dying_ != 0) return;
    kept_ = count_;
    free(std::exchange(spare_, nullptr));
    if (count_ == 0) shrink();
  }

 private:
  struct Chunk {
    Chunk* next;
    std::size_t size;
    static constexpr std::size_t align = std::max(alignof(T), alignof(std::max_align_t));
    static constexpr std::size_t head =
        (sizeof(Chunk*) + sizeof(std::size_t) + align - 1) / align * align;
    std::byte* cell(std::size_t i) noexcept {
      return reinterpret_cast<std::byte*>(this) + head + i * sizeof(T);
    }
    std::size_t bytes() const noexcept { return head + size * sizeof(T); }
  };
  static constexpr std::size_t most_in_chunk = std::max<std::size_t>(largest_chunk / sizeof(T), 1);
  Chunk* make(std::size_t size) noexcept {
    const std::size_t bytes = Chunk::head + size * sizeof(T);
    void* m = ::operator new(bytes, std::align_val_t{Chunk::align}, std::nothrow);
    if (!m) return nullptr;
    memory_ += bytes;
    return ::new (m) Chunk{nullptr, size};
  }
  void free(Chunk* c) noexcept {
    if (!c) return;
    memory_ -= c->bytes();
    ::operator delete(static_cast<void*>(c), std::align_val_t{Chunk::align});
  }
  bool add_chunk() noexcept {
    Chunk* c = std::exchange(spare_, nullptr);
    if (!c) c = make(std::max(base_, std::min(last_->size * 2, most_in_chunk)));
    if (!c) return false;
    c->next = nullptr;
    last_ = last_->next = c;
    end_ = 0;
    if (Kernel* k = Kernel::current; k && c->size > base_) join(k->spares);
    return true;
  }
  // Of cells that are all free, behind the last of which comes the first value.
  bool add_front_chunk() noexcept {
    Chunk* c = std::exchange(spare_, nullptr);
    if (!c) c = make(base_);
    if (!c) return false;
    c->next = first_;
    first_ = c;
    at_ = c->size;
    return true;
  }
  void leave_first() noexcept {
    Chunk* c = std::exchange(first_, first_->next);
    at_ = 0;
    if (dying_ == 0) return keep(c);
    c->next = left_;  // the value that ends may lie in it
    left_ = c;
  }
  void keep(Chunk* c) noexcept {
    if (!spare_ || spare_->size < c->size) std::swap(spare_, c);
    free(c);
  }
  void emptied() noexcept {
    while (first_ != last_) leave_first();
    at_ = end_ = 0;
    kept_ = peak_ > kept_ ? peak_ : kept_ - kept_ / 8;
    peak_ = 0;
    if (spare_ && spare_->size > base_ && spare_->size / 4 >= kept_)
      free(std::exchange(spare_, nullptr));
    if (first_->size > base_ && first_->size / 4 >= kept_) shrink();
  }
  void shrink() noexcept {  // while it is empty
    const std::size_t size = std::max(base_, kept_);
    if (first_->size > size) {
      Chunk* c = make(size);
      if (!c) return;
      free(first_);
      first_ = last_ = c;
      at_ = end_ = 0;
    }
    if (first_->size == base_ && !spare_) leave();
  }
  std::size_t memory_ = 0;  // before what make() is called for
  std::size_t base_;        // values in the first chunk
  Chunk *first_, *last_, *spare_ = nullptr, *left_ = nullptr;
  std::size_t at_ = 0,
              end_ = 0;  // the first value in the first chunk, and behind the last one in the last
  std::size_t count_ = 0;
  std::size_t peak_ = 0, kept_ = 0;  // the most since it was empty; and of late
  unsigned dying_ = 0;
};

}  // namespace troupe::detail
