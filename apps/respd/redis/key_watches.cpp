// apps/respd/redis/key_watches.cpp: watches are counted by database and key.
#include "redis/key_watches.hpp"

namespace respd {

namespace {

std::string watch_name(std::size_t db, std::string_view key) {
  std::string name(1, static_cast<char>(db));
  return name.append(key);
}

}  // namespace

void KeyWatches::watch(std::size_t db, std::string_view key) {
  ++watches_.insert(watch_name(db, key)).first->value;
}

void KeyWatches::unwatch(std::size_t db, std::string_view key) noexcept {
  auto* const node = watches_.find(watch_name(db, key));
  if (node != nullptr && --node->value == 0) watches_.erase(node);
}

void KeyWatches::tell_watched(std::size_t db, std::string_view key) {
  if (watches_.find(watch_name(db, key)) != nullptr) ready_.emplace_back(db, key);
}

void KeyWatches::databases_swapped(Keyspace& keyspace, std::size_t a, std::size_t b, UnixMs now) {
  watches_.for_each([&](Table<std::size_t>::Node& node) {
    const auto db = static_cast<std::size_t>(node.key()[0]);
    const std::string_view key = node.key().substr(1);
    if (db != a && db != b) return;
    Entry* const entry = keyspace.find(db, key, now);
    if (entry != nullptr && entry->value.value.get<List>() != nullptr) ready_.emplace_back(db, key);
  });
}

std::optional<std::pair<std::size_t, std::string>> KeyWatches::next_ready() {
  if (ready_at_ == ready_.size()) {
    ready_.clear();
    ready_at_ = 0;
    return std::nullopt;
  }
  return std::move(ready_[ready_at_++]);
}

}  // namespace respd
