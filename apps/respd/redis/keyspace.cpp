// apps/respd/redis/keyspace.cpp: keeps the databases and their expiry heaps in step.
#include "redis/keyspace.hpp"

#include <algorithm>
#include <stdexcept>

#include "redis/steps.hpp"

namespace respd {

namespace {

template <class Shelf, std::size_t... I>
std::array<Shelf, sizeof...(I)> make_shelves(std::uint64_t seed, std::index_sequence<I...>) {
  return {((void)I, Shelf{Keys(seed), {}})...};
}

}  // namespace

Keyspace::Keyspace(std::uint64_t seed)
    : seed_(seed), shelves_(make_shelves<Shelf>(seed, std::make_index_sequence<databases>())) {
  for (std::size_t db = 0; db < databases; ++db) places_[db] = static_cast<std::uint8_t>(db);
}

std::pair<Entry*, bool> Keyspace::insert(std::size_t db, std::string_view key, UnixMs now) {
  const auto [entry, made] = shelf(db).keys.insert(key);
  if (made) {
    entry->value.shelf = places_[db] & 15U;
    return {entry, true};
  }
  if (expiry(*entry) >= now) return {entry, false};
  // An entry that is past its time becomes the new one.
  ++expired_;
  unqueue(*entry);
  assign(*entry, Value());
  return {entry, true};
}

void Keyspace::erase(Entry& entry) noexcept {
  unqueue(entry);
  remains.take(std::move(entry.value.value));
  shelves_[entry.value.shelf].keys.erase(&entry);
}

void Keyspace::expire(Entry& entry) noexcept {
  ++expired_;
  erase(entry);
}

void Keyspace::expire_at(Entry& entry, UnixMs when) {
  Slot& slot = entry.value;
  if (when == Slot::never) return unqueue(entry);
  auto& heap = shelves_[slot.shelf].heap;
  if (slot.heap_at == Slot::not_queued) {
    if (heap.size() == most_expiring) throw std::length_error("too many keys that expire");
    heap.push_back({when, &entry});
    place(heap, heap.size() - 1, heap.back());
  }
  heap[slot.heap_at].when = when;
  sift_up(heap, slot.heap_at);
  sift_down(heap, slot.heap_at);
}

void Keyspace::clear(std::size_t db) noexcept {
  Shelf& emptied = shelf(db);
  remains.take(std::exchange(emptied.keys, Keys(seed_)));
  emptied.heap = {};
}

void Keyspace::clear() noexcept {
  for (std::size_t db = 0; db < databases; ++db) clear(db);
}

std::optional<UnixMs> Keyspace::next_expiry() const noexcept {
  std::optional<UnixMs> next;
  for (const Shelf& shelf : shelves_) {
    if (!shelf.heap.empty() && (!next || shelf.heap.front().when < *next))
      next = shelf.heap.front().when;
  }
  return next;
}

std::size_t Keyspace::expire_due(UnixMs now, std::size_t limit) noexcept {
  std::size_t removed = 0;
  for (Shelf& shelf : shelves_) {
    while (removed < limit && !shelf.heap.empty() && shelf.heap.front().when < now) {
      expire(*shelf.heap.front().entry);
      ++removed;
    }
  }
  return removed;
}

void Keyspace::unqueue(Entry& entry) noexcept {
  Slot& slot = entry.value;
  if (slot.heap_at == Slot::not_queued) return;
  auto& heap = shelves_[slot.shelf].heap;
  const std::size_t at = slot.heap_at;
  slot.heap_at = Slot::not_queued;
  const Due last = heap.back();
  heap.pop_back();
  if (at == heap.size()) return;
  place(heap, at, last);
  sift_up(heap, at);
  sift_down(heap, last.entry->value.heap_at);
}

void Keyspace::place(std::vector<Due>& heap, std::size_t at, const Due& due) noexcept {
  step();
  heap[at] = due;
  due.entry->value.heap_at = static_cast<std::uint32_t>(at) & Slot::not_queued;
}

void Keyspace::sift_up(std::vector<Due>& heap, std::size_t at) noexcept {
  const Due due = heap[at];
  while (at != 0 && due.when < heap[(at - 1) / 2].when) {
    place(heap, at, heap[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  place(heap, at, due);
}

void Keyspace::sift_down(std::vector<Due>& heap, std::size_t at) noexcept {
  const Due due = heap[at];
  for (std::size_t child = 2 * at + 1; child < heap.size(); child = 2 * at + 1) {
    if (child + 1 < heap.size() && heap[child + 1].when < heap[child].when) ++child;
    if (due.when <= heap[child].when) break;
    place(heap, at, heap[child]);
    at = child;
  }
  place(heap, at, due);
}

}  // namespace respd
