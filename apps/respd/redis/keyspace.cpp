// apps/respd/redis/keyspace.cpp: keeps the databases and the expiry heap in step.
#include "redis/keyspace.hpp"

#include <algorithm>

namespace respd {

namespace {

template <std::size_t... I>
std::array<Keys, sizeof...(I)> make_databases(std::uint64_t seed, std::index_sequence<I...>) {
  return {((void)I, Keys(seed))...};
}

}  // namespace

Keyspace::Keyspace(std::uint64_t seed)
    : dbs_(make_databases(seed, std::make_index_sequence<databases>())) {}

std::pair<Entry*, bool> Keyspace::insert(std::size_t db, std::string_view key, UnixMs now) {
  const auto [entry, made] = dbs_[db].insert(key);
  if (made) {
    entry->value.db = static_cast<std::uint8_t>(db);
    return {entry, true};
  }
  if (entry->value.expire_at >= now) return {entry, false};
  // An entry that is past its time becomes the new one.
  ++expired_;
  unqueue(*entry);
  entry->value.value.emplace<std::string>();
  return {entry, true};
}

void Keyspace::erase(Entry& entry) noexcept {
  unqueue(entry);
  dbs_[entry.value.db].erase(&entry);
}

void Keyspace::expire(Entry& entry) noexcept {
  ++expired_;
  erase(entry);
}

void Keyspace::expire_at(Entry& entry, UnixMs when) {
  Slot& slot = entry.value;
  if (when == Slot::never) return unqueue(entry);
  if (slot.heap_at == Slot::not_queued) {
    heap_.push_back({when, &entry});
    slot.heap_at = static_cast<std::uint32_t>(heap_.size() - 1);
    ++expiring_[slot.db];
  }
  slot.expire_at = when;
  heap_[slot.heap_at].when = when;
  sift_up(slot.heap_at);
  sift_down(slot.heap_at);
}

void Keyspace::clear(std::size_t db) noexcept {
  if (expiring_[db] != 0) {
    std::erase_if(heap_, [db](const Due& due) { return due.entry->value.db == db; });
    requeue_all();
    expiring_[db] = 0;
  }
  dbs_[db].clear();
}

void Keyspace::clear() noexcept {
  heap_ = {};
  expiring_ = {};
  for (Keys& keys : dbs_) keys.clear();
}

void Keyspace::swap(std::size_t a, std::size_t b) noexcept {
  if (a == b) return;
  dbs_[a].swap(dbs_[b]);
  std::swap(expiring_[a], expiring_[b]);
  for (const std::size_t db : {a, b}) {
    dbs_[db].for_each([db](Entry& entry) { entry.value.db = static_cast<std::uint8_t>(db); });
  }
}

std::size_t Keyspace::expire_due(UnixMs now, std::size_t limit) noexcept {
  std::size_t removed = 0;
  while (removed < limit && !heap_.empty() && heap_.front().when < now) {
    expire(*heap_.front().entry);
    ++removed;
  }
  return removed;
}

void Keyspace::unqueue(Entry& entry) noexcept {
  Slot& slot = entry.value;
  if (slot.heap_at == Slot::not_queued) return;
  const std::size_t at = std::exchange(slot.heap_at, Slot::not_queued);
  slot.expire_at = Slot::never;
  --expiring_[slot.db];
  const Due last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  place(at, last);
  sift_up(at);
  sift_down(last.entry->value.heap_at);
}

void Keyspace::place(std::size_t at, const Due& due) noexcept {
  heap_[at] = due;
  due.entry->value.heap_at = static_cast<std::uint32_t>(at);
}

void Keyspace::sift_up(std::size_t at) noexcept {
  const Due due = heap_[at];
  while (at != 0 && due.when < heap_[(at - 1) / 2].when) {
    place(at, heap_[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  place(at, due);
}

void Keyspace::sift_down(std::size_t at) noexcept {
  const Due due = heap_[at];
  for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1].when < heap_[child].when) ++child;
    if (due.when <= heap_[child].when) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, due);
}

void Keyspace::requeue_all() noexcept {
  for (std::size_t i = heap_.size() / 2; i-- > 0;) sift_down(i);
  for (std::size_t i = 0; i < heap_.size(); ++i) place(i, heap_[i]);
}

}  // namespace respd
