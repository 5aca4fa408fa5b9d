// thread/lane.cpp: chunks, and the end of either side.
#include <troupe/thread/lane.hpp>

#include <new>
#include <troupe/core/due.hpp>

namespace troupe::detail {
namespace {

// On its way back to the one that waits. Destroyed unrun it tells nothing: the list is told.
struct FailHome {
  Pending* pending;
  ActorFail why;
  bool runs_in_place() const noexcept { return pending->runs_in_place(); }
  void operator()(Core&) noexcept { pending->fail(*pending, why); }
};

}  // namespace

void LaneWriter::wrote(Lane& lane) noexcept {
  dirty_ |= std::uint64_t{1} << lane.to();
  if (!kernel_.running) lane.publish();
}

Lane::~Lane() {
  if (!chunk_) return;
  for (Chunk* c = chunk_->next; c != chunk_;) ::operator delete(std::exchange(c, c->next));
  ::operator delete(chunk_);
}

std::byte* Lane::jump(Core*, std::byte* at) noexcept { return hop(nullptr, at); }

std::byte* Lane::hop(Core* core, std::byte* at) noexcept {
  const Jump* j = reinterpret_cast<Jump*>(at);
  std::byte* to = j->to;  // before the chunk is the writer's again
  Lane& lane = *j->lane;
  if (j == std::addressof(lane.aside_)) return core && lane.stop_ == Stop::waits ? at : to;
  if (!to) return core && lane.must_stop(*core) ? at : at + sizeof(Jump);
  const std::uint64_t left = lane.left_.load(std::memory_order_relaxed) + 1;
  lane.left_.store(left, std::memory_order_seq_cst);
  if (left >= lane.ring_at_.load(std::memory_order_seq_cst)) [[unlikely]]
    lane.writer_seat_->ring();
  return to;
}

// ---- the writer
void Lane::first_written() noexcept {
  dirty_ = true;
  if (writer_) writer_->wrote(*this);
}

std::byte* Lane::more(std::size_t size, LaneRoom kind) noexcept {
  if (dead_) return refuse(Why::lost);
  if (kind == LaneRoom::runs && chunk_ && !limit_) {
    if (!write_stop()) return nullptr;
    if (tail_ + size <= limit_) return tail_;
  }
  if (chunk_ && tail_ + size <= chunk_->end) {  // a turn that does not end publishes here
    publish();
    set_limit(std::max(queues_limit_, tail_ + size));
    return tail_;
  }
  if (closed_.load(std::memory_order_acquire) & reader_ended) {
    if (filling_ == 0) take_over();
    return refuse(Why::lost);
  }
  Chunk* const next = next_chunk(size, kind == LaneRoom::exempt);
  if (!next) return nullptr;
  if (chunk_) {
    ::new (static_cast<void*>(tail_)) Jump{&jump, this, next->data()};
    tail_ = next->data();
    publish();
  } else {
    tail_ = told_ = next->data();
    start_.store(tail_, std::memory_order_relaxed);
  }
  chunk_ = next;
  ++started_;
  set_limit(std::max(tail_ + size, std::min(next->end, tail_ + sizes_.publish)));
  return tail_;
}

// Between what queues and what runs in place.
bool Lane::write_stop() noexcept {
  std::byte* const p = room<sizeof(Jump), LaneRoom::queues, true>();
  if (!p) return false;
  ::new (static_cast<void*>(p)) Jump{&jump, this, nullptr};
  limit_ = queues_limit_;
  return true;
}

// One of the ring that the reader has left, or a new one. The ring may be beyond the bound, because
// of answers or of larger chunks: what is free of it goes before a call counts it as used.
Lane::Chunk* Lane::next_chunk(std::size_t size, bool exempt) noexcept {
  const std::uint64_t in_use = started_ - left_.load(std::memory_order_acquire);
  const std::size_t bytes = std::max(sizes_.chunk, size + sizeof(Chunk) + sizeof(Jump));
  for (; in_use < ring_; drop_next_chunk()) {
    Chunk* const c = chunk_->next;
    const bool fits = c->has(size);
    const bool within = exempt || bytes_ + (fits ? 0 : bytes) <= sizes_.bound;
    if (fits && (within || ring_ <= 2)) return c;
    if (!fits && within) break;  // a larger one goes in before it
  }
  if (bytes_ + bytes > sizes_.bound && !exempt && ring_ > 1) {
    publish();  // so that the reader makes room
    return refuse(Why::overloaded), nullptr;
  }
  void* const room = ::operator new(bytes, std::nothrow);
  if (!room) return refuse(Why::no_memory), nullptr;
  auto* const c = ::new (room) Chunk{nullptr, static_cast<std::byte*>(room) + bytes - sizeof(Jump)};
  bytes_ += bytes;
  ++ring_;
  c->next = chunk_ ? chunk_->next : c;
  if (chunk_) chunk_->next = c;
  return c;
}

// As next_chunk() would find it, which drops what is free beyond the bound.
bool Lane::has_room() const noexcept {
  const std::uint64_t used = in_use();
  std::uint64_t ring = ring_;
  std::size_t bytes = bytes_;
  for (const Chunk* c = chunk_; used < ring; --ring) {
    if (bytes <= sizes_.bound || ring <= 2) return true;
    c = c->next;
    bytes -= c->bytes();
  }
  return ring <= 1 || bytes + sizes_.chunk <= sizes_.bound;
}

void Lane::drop_next_chunk() noexcept {
  Chunk* const c = chunk_->next;
  chunk_->next = c->next;
  bytes_ -= c->bytes();
  --ring_;
  ::operator delete(c);
}

void Lane::answer_fails(Pending& pending, const ActorFail& why) noexcept {
  if (dead_) return;  // its list hears, or has heard
  using R = Record<FailHome>;
  if (std::byte* p = room<record_size<FailHome>, LaneRoom::exempt>()) {
    auto* const record = ::new (static_cast<void*>(p))
        R{&in_order<FailHome>, {&pending, ending_ ? ActorFail(Why::lost) : why}};
    came_from(record->function().why, from_);
    return written();
  }
  if (dead_) return;
  pending.failed_next = failed_.load(std::memory_order_relaxed);
  while (!failed_.compare_exchange_weak(pending.failed_next, &pending, std::memory_order_seq_cst)) {
  }
  reader_.ring();
}

void Lane::destroy_seen() noexcept {
  while (head_ != end_) head_ = (*reinterpret_cast<RecordStep*>(head_))(nullptr, head_);
}

void Lane::take_over() noexcept {
  if (std::exchange(dead_, true)) return;
  if (!head_) head_ = start_.load(std::memory_order_relaxed);
  // Nothing is written any more, by what dies here neither.
  end_ = limit_ = queues_limit_ = told_ = tail_;
  const bool before = std::exchange(taking_over_, true);
  destroy_seen();
  taking_over_ = before;
}

void Lane::close_writer() noexcept {
  publish();
  if (closed_.fetch_or(writer_ended, std::memory_order_acq_rel) & reader_ended) take_over();
  dead_ = true;
  limit_ = queues_limit_ = tail_;
  writer_ = nullptr;
}

// ---- the reader
// Where the queue is empty, what came before has run; where it has no room for one more record,
// what it holds of that may run later.
bool Lane::must_stop(Core& core) noexcept {
  if (stop_ == Stop::waits) return true;
  if (std::exchange(stop_, Stop::none) == Stop::over) return false;
  GoesOn record{this};
  if (kernel_of(core).main.empty() || !queue_now(core, record)) return false;
  stop_ = Stop::waits;
  return true;
}

std::byte* Lane::wait_aside(Core& core, std::byte* at) noexcept {
  if (!must_stop(core)) return nullptr;
  aside_ = {&jump, this, at};
  return reinterpret_cast<std::byte*>(std::addressof(aside_));
}

void Lane::drop_unread() noexcept {
  while (refresh()) destroy_seen();
}

void Lane::close_reader() noexcept {
  if (closed_.fetch_or(reader_ended, std::memory_order_acq_rel) & writer_ended) drop_unread();
}

}  // namespace troupe::detail
