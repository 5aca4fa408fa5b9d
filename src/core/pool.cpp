// core/pool.cpp: where blocks come from, and how they go.
#include <troupe/core/pool.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace troupe::detail {
namespace {

void* link_of(void* p, std::size_t at) noexcept {
  void* next;
  std::memcpy(&next, static_cast<char*>(p) + at, sizeof(next));
  return next;
}

}  // namespace

void* Pool::carve(unsigned k, bool box) noexcept {
  Block*& b = current_[box][k];
  const auto cell = static_cast<std::uint32_t>(size_of(k));
  if (!b || b->carved + cell > Block::size) {
    if (left_ == 0 && !add_region()) return nullptr;
    auto* home = reinterpret_cast<Block*>(region_);
    const std::uint32_t in_region = region_ == next_ ? 1 : home->in_region + 1;
    b = blocks_ = ::new (static_cast<void*>(next_)) Block{std::addressof(core_),
                                                          this,
                                                          blocks_,
                                                          home,
                                                          cell,
                                                          static_cast<std::uint32_t>(Block::head),
                                                          0,
                                                          0,
                                                          box};
    home->in_region = in_region;
    next_ += Block::size;
    --left_;
  }
  void* p = reinterpret_cast<char*>(b) + b->carved;
  b->carved += cell;
  return p;
}

bool Pool::add_region() noexcept {
  std::size_t bytes = Block::size * grow_;
  if (bytes_ >= bound_ || bound_ - bytes_ < bytes) {
    grow_ = 1;
    bytes = Block::size;
    if (bytes_ >= bound_ || bound_ - bytes_ < bytes) return false;
  }
  void* m = ::operator new(bytes, std::align_val_t{Block::size}, std::nothrow);
  if (!m) return false;
  region_ = next_ = static_cast<char*>(m);
  left_ = grow_;
  bytes_ += bytes;
  grow_ = std::min(grow_ * 2, most_in_region);
  return true;
}

void Pool::hide_boxes(void* first, void* last, unsigned k) noexcept {
  for (void* p = first;; p = link_of(p, box_link)) {
    hide(p, k, true);
    if (p == last) return;
  }
}

void Pool::count_live() noexcept {
  for (Block* b = blocks_; b; b = b->next)
    b->live = (b->carved - static_cast<std::uint32_t>(Block::head)) / b->cell;
  for (const bool box : {false, true})
    for (void* p : free_[box])
      for (; p; p = link_of(p, link_at(box))) --Block::of(p)->live;
}

void Pool::release(Block* b) noexcept {
  if (--b->region->in_region == 0) ::operator delete(b->region, std::align_val_t{Block::size});
}

std::size_t Pool::retire(void (*orphan_gone)(Core&) noexcept) noexcept {
  orphan_gone_ = orphan_gone;
  count_live();
  std::size_t orphans = 0;
  for (Block *b = blocks_, *n; b; b = n) {
    n = b->next;
    if (b->live)
      ++orphans;
    else
      release(b);
  }
  blocks_ = nullptr;  // and from now on there is no memory here
  std::memset(free_, 0, sizeof(free_));
  std::memset(current_, 0, sizeof(current_));
  left_ = 0;
  bound_ = 0;
  return orphans;
}

void Pool::give_orphan(void* p) noexcept {
  Block* b = Block::of(p);
  if (--b->live != 0) return;
  Core& core = *b->core;
  const auto gone = b->pool->orphan_gone_;
  release(b);
  gone(core);
}

void* Pool::take_large(std::size_t bytes) noexcept { return ::operator new(bytes, std::nothrow); }
void Pool::give_large(void* p) noexcept { ::operator delete(p); }

void Pool::give_back_boxes(BoxHeader* first, BoxHeader* last) noexcept {
  const unsigned k = first->type->pool_class;
  Pool& pool = *Block::of(first)->pool;
  if (!pool.orphan_gone_) [[likely]]
    return pool.give_boxes(first, last, k);
  set_grave_link(last, nullptr);
  while (first) give_orphan(std::exchange(first, grave_link(first)));
}

// A region goes when none of its blocks holds a live cell. `live` of a region's first block gathers
// that of the others.
void Pool::trim() noexcept {
  count_live();
  for (Block* b = blocks_; b; b = b->next)
    if (b != b->region) b->region->live += b->live;
  const auto idle = [](const Block* b) { return b->region->live == 0; };
  if (region_ && idle(reinterpret_cast<Block*>(region_))) {  // what is left of it was never a block
    bytes_ -= left_ * Block::size;
    region_ = next_ = nullptr;
    left_ = 0;
    grow_ = 1;
  }
  for (const bool box : {false, true})
    for (void*& head : free_[box]) {
      void* kept = nullptr;
      for (void *p = head, *n; p; p = n) {
        n = link_of(p, link_at(box));
        if (idle(Block::of(p))) continue;
        std::memcpy(static_cast<char*>(p) + link_at(box), &kept, sizeof(kept));
        kept = p;
      }
      head = kept;
    }
  for (auto& kind : current_)
    for (Block*& b : kind)
      if (b && idle(b)) b = nullptr;
  Block** at = &blocks_;
  while (Block* b = *at) {
    if (!idle(b)) {
      at = &b->next;
      continue;
    }
    *at = b->next;
    bytes_ -= Block::size;  // of a region that is not the current one every block was used, so the
                            // sum comes out
    release(b);             // the region's memory stays until its last block has come by
  }
}

}  // namespace troupe::detail
