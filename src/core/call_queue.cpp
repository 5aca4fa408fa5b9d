// core/call_queue.cpp: chunks: taking, reusing and giving them back.
#include <troupe/core/call_queue.hpp>

#include <algorithm>
#include <new>
#include <troupe/core/pool.hpp>

namespace troupe::detail {

CallQueue::~CallQueue() {
  close();
  clear();
  while (first_) give_back(std::exchange(first_, first_->next));
  drop_spares(0);
}

// The last record of a full chunk.
std::byte* CallQueue::jump(Core*, std::byte* at) {
  CallQueue& q = *reinterpret_cast<Jump*>(at)->queue;
  ++q.jumps_;
  Chunk* old = q.first_;
  q.first_ = old->next;
  if (!old->is_beyond) q.in_use_ -= old->room();
  if (old->graves) [[unlikely]]
    q.open_graves(old);
  q.keep_spare(old);
  return q.first_->data();
}

CallQueue::Chunk* CallQueue::make(std::size_t bytes) noexcept {
  void* m = ::operator new(bytes, std::nothrow);
  if (!m) return nullptr;
  return ::new (m)
      Chunk{nullptr, static_cast<std::uint32_t>(bytes), false, nullptr, nullptr, nullptr};
}

void CallQueue::give_back(Chunk* chunk) noexcept { ::operator delete(chunk); }

std::byte* CallQueue::more(std::size_t size, bool reserved) noexcept {
  overfull_ = false;
  if (closed_) return nullptr;
  if (asker_) {
    asker_->ask();
    if (tail_ + size <= limit_) return tail_;
  }
  if (!reserved) {
    if (is_at_bound()) return overfull_ = true, nullptr;
    if (last_ && last_->is_beyond && reserved_ <= spare_room_ && tail_ + size <= last_->end()) {
      last_->is_beyond = false;  // the queue has room again: it counts from here on
      in_use_ += last_->room();
      limit_ = last_->end();
      return tail_;
    }
    if (reserved_ > spare_room_ && !add_spare(reserved_ - spare_room_))
      return nullptr;  // the rest here is lent
  }
  Chunk* c = nullptr;
  if (spares_ && spares_->room() + fail_room >= size &&
      (reserved || spare_room_ - spares_->room() >= reserved_))
    c = take_spare();
  if (!c) {
    const std::size_t least = size + sizeof(Chunk) + sizeof(Jump) + fail_room;
    const std::size_t left = bound_ > in_use_ ? bound_ - in_use_ : 0;
    c = make(
        std::max(std::clamp(std::min(in_use_ * 2, left), smallest_chunk, largest_chunk), least));
    if (!c && reserved) c = take_spare();
    if (!c) return nullptr;
  }
  if (last_) {
    ::new (static_cast<void*>(tail_)) Jump{&jump, this};
    last_->next = c;
  } else {
    first_ = c;
    head_ = c->data();
  }
  c->is_beyond = reserved && is_at_bound();
  last_ = c;
  grave_type_ = nullptr;
  if (!c->is_beyond) in_use_ += c->room();
  peak_ = std::max(peak_, in_use_);
  tail_ = c->data();
  // What reserved room has opened beyond the bound, and what is lent for it, takes no other
  // records.
  const bool is_lent = reserved_ > spare_room_ && !add_spare(reserved_ - spare_room_);
  limit_ = c->is_beyond || is_lent ? tail_ : c->end();
  return tail_;
}

std::byte* CallQueue::take_reserved(std::size_t size) noexcept {
  unreserve(size);
  if (asker_) asker_->ask();
  std::byte* p = tail_;
  if (!last_ || closed_ || p + size > last_->end()) {
    p = more(size, true);
    if (!p) return nullptr;
  }
  tail_ = p + size;
  limit_ = std::max(limit_, tail_);
  return p;
}

CallQueue::Chunk* CallQueue::take_spare() noexcept {
  Chunk* c = spares_;
  if (c) {
    spares_ = c->next;
    spare_room_ -= c->room();
    c->next = nullptr;
  }
  return c;
}

void CallQueue::keep_spare(Chunk* c) noexcept {
  if (spare_room_ > reserved_ + in_use_ + largest_chunk) return give_back(c);
  c->next = spares_;
  spares_ = c;
  spare_room_ += c->room();
}

bool CallQueue::add_spare(std::size_t need) noexcept {
  std::size_t bytes = smallest_chunk;
  while (bytes < need + sizeof(Chunk) + sizeof(Jump) + fail_room) bytes *= 2;
  Chunk* c = make(bytes < reserved_ && bytes < largest_chunk ? largest_chunk : bytes);
  if (!c) c = make(bytes);
  if (!c) return false;
  c->next = spares_;
  spares_ = c;
  spare_room_ += c->room();
  return true;
}

bool CallQueue::widen(std::size_t n) noexcept {
  if (closed_ || add_spare(reserved_ - spare_room_))
    return true;  // closed: nothing will be told, nothing is needed
  reserved_ -= n;
  return false;
}

void CallQueue::drop_spares(std::size_t down_to) noexcept {
  while (spares_ && spare_room_ - spares_->room() >= down_to) give_back(take_spare());
  if (down_to == 0)
    while (spares_) give_back(take_spare());
}

void CallQueue::clear() noexcept {
  const std::uint64_t jumped = jumps_;
  while (head_ != tail_) head_ = (*reinterpret_cast<RecordStep*>(head_))(nullptr, head_);
  jumps_ = jumped;
  emptied();
}

// One chunk is left: start it again, and give back what a burst took.
void CallQueue::emptied() noexcept {
  if (!first_) return;
  if (first_->graves) [[unlikely]]
    open_graves(first_);
  head_ = tail_ = first_->data();
  if (closed_)
    limit_ = tail_;
  else if (reserved_ <= spare_room_)
    limit_ = first_->end();
  if (std::exchange(first_->is_beyond, false)) in_use_ += first_->room();
  kept_ = peak_ > kept_ ? peak_ : kept_ - kept_ / 8;
  peak_ = in_use_;
  if (spare_room_ > kept_ + reserved_ + largest_chunk) drop_spares(kept_ + reserved_);
}

// Boxes of the type of the chunk's first one are freed together; boxes of other types one by one.
void CallQueue::bury_apart(BoxHeader* box) noexcept {
  if (!last_) return Pool::give_back(box, box->type->pool_class, true);
  BoxHeader*& list = last_->graves ? last_->mixed_graves : last_->graves;
  if (!last_->graves) {
    last_->last_grave = box;
    grave_type_ = box->type;
  }
  set_grave_link(box, list);
  list = box;
}

void CallQueue::open_graves(Chunk* chunk) noexcept {
  Pool::give_back_boxes(std::exchange(chunk->graves, nullptr), chunk->last_grave);
  for (BoxHeader* box = std::exchange(chunk->mixed_graves, nullptr); box;) {
    BoxHeader* next = grave_link(box);
    Pool::give_back(box, box->type->pool_class, true);
    box = next;
  }
  if (chunk == last_) grave_type_ = nullptr;
}

}  // namespace troupe::detail
