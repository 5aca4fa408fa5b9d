// thread/channel_head.cpp: chunks, waking the home side, and the end of either side.
#include <troupe/core/due.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/thread/channel_head.hpp>

#include <algorithm>
#include <new>

namespace troupe::detail {

ChannelHead::ChannelHead(Core* core, std::size_t bound, std::size_t item_bytes, bool on_demand,
                         const Ops& ops) noexcept
    : AtEnd(&end_of_runtime),
      bound_(std::max<std::size_t>(bound, 1)),
      on_demand_(on_demand),
      core_(core),
      item_bytes_(item_bytes),
      heard_(!core),
      ops_(&ops) {
  if (!core) return;
  inbox_ = InboxRef(*kernel_of(*core).inbox);
  this->Node::run = &heard;
  AtEnd::link(kernel_here(*core).at_end);
}

ChannelHead::~ChannelHead() {
  free_chunks(head_);
  free_chunks(spare_);
}

// ---- any thread
std::size_t ChannelHead::next_chunk_bytes() const noexcept {
  const std::size_t before = tail_ ? sizeof(Chunk) + tail_->slots * item_bytes_ : 0;
  return std::clamp(2 * before, least_chunk, largest_chunk);
}

ChannelHead::Chunk* ChannelHead::make_chunk(std::size_t bytes) const {
  const std::size_t slots = std::max<std::size_t>((bytes - sizeof(Chunk)) / item_bytes_, 8);
  return ::new (::operator new(sizeof(Chunk) + slots * item_bytes_))
      Chunk{nullptr, 0, static_cast<std::uint32_t>(slots)};
}

void ChannelHead::free_chunks(Chunk* list) noexcept {
  while (list) ::operator delete(std::exchange(list, list->next));
}

bool ChannelHead::open_chunk(Chunk*& fresh) noexcept {
  Chunk* chunk = std::exchange(fresh, nullptr);
  if (!chunk && spare_) {
    chunk = std::exchange(spare_, spare_->next);
    --spares_;
  }
  if (!chunk) return false;
  chunk->next = nullptr;
  (tail_ ? tail_->next : head_) = chunk;
  tail_ = chunk;
  return true;
}

void ChannelHead::drop_sender() noexcept {
  step();
  if (senders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  bool tells = false;
  {
    const std::lock_guard hold(lock_);
    tells = !receiver_gone_ && std::exchange(idle_, false);
  }
  if (tells) told();
  release();
}

ChannelHead::Room* ChannelHead::take_room(std::uint64_t sender) noexcept {
  for (Room** at = &rooms_; *at; at = &(*at)->next) {
    if ((*at)->sender != sender) continue;
    Room* out = std::exchange(*at, (*at)->next);
    if (!*at) last_room_ = at;
    return out;
  }
  return nullptr;
}

void ChannelHead::tell_room(SendableRet<> ret, std::size_t weight, std::uint64_t& sender) {
  Room* fresh = new Room{nullptr, 0, weight, std::move(ret), nullptr};
  Room* before = nullptr;
  {
    const std::lock_guard hold(lock_);
    if (sender == 0)
      sender = ++last_sender_;
    else
      before = take_room(sender);
    fresh->sender = sender;
    if (add_room(*fresh)) fresh = nullptr;
  }
  delete before;
  answer(fresh);
}

bool ChannelHead::add_room(Room& room) noexcept {
  if (refuses_ || fits(room.weight)) return false;
  *last_room_ = &room;
  last_room_ = &room.next;
  return true;
}

// The semaphore is counted: who tells may still be at it when the thread has gone on.
void ChannelHead::block_until_room(std::size_t weight) {
  const auto sleeper = std::make_shared<std::binary_semaphore>(0);
  auto fresh = std::make_unique<Room>(nullptr, 0, weight, SendableRet<>(), sleeper);
  {
    const std::lock_guard hold(lock_);
    if (!add_room(*fresh)) return;
  }
  (void)fresh.release();
  if (!is_scripted()) return sleeper->acquire();
  while (!sleeper->try_acquire()) step(true);
}

void ChannelHead::forget_room(std::uint64_t sender) noexcept {
  Room* room;
  {
    const std::lock_guard hold(lock_);
    room = take_room(sender);
  }
  delete room;
}

void ChannelHead::answer(Room* list) noexcept {
  while (Room* room = list) {
    list = room->next;
    if (room->sleeper)
      room->sleeper->release();
    else
      room->ret();
    delete room;
  }
}

// ---- the home thread
void ChannelHead::heard(Node* node) noexcept {
  ChannelHead& channel = *static_cast<ChannelHead*>(node);
  channel.heard_ = true;
  channel.comes_ = false;
  if (channel.over_)
    channel.let_go_if_over();
  else if (!channel.on_demand_ || channel.wanted_)
    channel.drain_again();
}

void ChannelHead::want() noexcept {
  wanted_ = true;
  if (!over_ && !is_queued_) drain();
}

void ChannelHead::drain_again() noexcept {
  if (is_queued_) return;
  Drain record{this};
  is_queued_ = queue_now(*core_, record);
  if (is_queued_ || kernel_of(*core_).is_ending()) return;
  heard_ = false;  // no memory: the inbox brings it again
  told();
}

void ChannelHead::Drain::operator()(Core&) const {
  channel->is_queued_ = false;
  if (channel->over_)
    channel->let_go_if_over();
  else
    channel->drain();
}

void ChannelHead::drain() noexcept {
  retain();
  TROUPE_TRY { ops_->drain(*this); }
  TROUPE_CATCH_ALL { throw_later(*core_, std::current_exception()); }
  release();
}

bool ChannelHead::take_all() noexcept {
  const std::lock_guard hold(lock_);
  batch_ = std::exchange(head_, nullptr);
  tail_ = nullptr;
  at_ = 0;
  if (batch_) return true;
  if (heard_) {
    idle_ = true;
    heard_ = !core_;
  }
  ended_ = senders_.load(std::memory_order_acquire) == 0;
  return false;
}

void ChannelHead::next_chunk() noexcept {
  Chunk* read = std::exchange(batch_, batch_->next);
  at_ = 0;
  read->used = 0;
  read->next = nullptr;
  {
    const std::lock_guard hold(lock_);
    if (spares_ < most_spares) {
      ++spares_;
      read->next = spare_;
      spare_ = std::exchange(read, nullptr);
    }
  }
  free_chunks(read);
}

void ChannelHead::delivered(std::size_t weight) noexcept {
  if (bound_ == unbounded || weight == 0) return;
  Room *list = nullptr, **last = &list;
  {
    const std::lock_guard hold(lock_);
    waiting_ -= weight;
    for (Room** at = &rooms_; *at;) {
      if (!fits((*at)->weight)) {
        at = &(*at)->next;
        continue;
      }
      Room* out = std::exchange(*at, (*at)->next);
      out->next = nullptr;
      *std::exchange(last, &out->next) = out;
    }
    last_room_ = &rooms_;
    while (*last_room_) last_room_ = &(*last_room_)->next;
  }
  answer(list);
}

void ChannelHead::refuse() noexcept {
  Room* rooms;
  {
    const std::lock_guard hold(lock_);
    refuses_ = true;
    rooms = std::exchange(rooms_, nullptr);
    last_room_ = &rooms_;
  }
  answer(rooms);
}

void ChannelHead::close() noexcept {
  if (std::exchange(over_, true)) return;
  Chunk* list;
  {
    const std::lock_guard hold(lock_);
    refuses_ = receiver_gone_ = true;
    comes_ = !idle_ && !heard_;
    list = std::exchange(head_, nullptr);
    tail_ = nullptr;
  }
  ops_->drop(*this, std::exchange(batch_, nullptr), at_);
  ops_->drop(*this, list, 0);
  refuse();  // whoever waits for room hears
  ops_->forget(*this);
  let_go_if_over();
}

// Nothing names it any more on this thread: neither the inbox nor a record.
void ChannelHead::let_go_if_over() noexcept {
  if (comes_ || is_queued_ || std::exchange(has_left_, true)) return;
  if (core_) AtEnd::unlink();
  release();
}

// Records were destroyed, and the inbox is closed.
void ChannelHead::end_of_runtime(AtEnd& self) noexcept {
  ChannelHead& channel = static_cast<ChannelHead&>(self);
  channel.has_left_ = true;
  channel.close();
  channel.release();
}

}  // namespace troupe::detail
