// apps/respd/redis/table.hpp: the hash table of the key spaces and of hashes and sets.
//
// Buckets of chained nodes, each node one block that holds the key's bytes behind the value.
// Chaining keeps nodes where they are, so the expiry heap and sorted sets may point at them; it
// makes a lookup two cache misses; and it is what the scan cursor's promise rests on (every element
// that is there all the time is seen, however the table is resized meanwhile). Resizing moves a
// bucket with each access, so no single command pays for the whole.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "redis/hash_bytes.hpp"
#include "redis/random.hpp"

namespace respd {

/// Maps strings to values of type `V`. Nodes stay at their address until they are erased. Not for
/// several threads.
template <class V> class Table {
 public:
  /// One element. Its key follows it in memory.
  class Node {
   public:
    V value{};
    /// The key; valid as long as the node.
    [[nodiscard]] std::string_view key() const noexcept {
      return {reinterpret_cast<const char*>(this + 1), key_size_};
    }

   private:
    friend Table;
    Node* next_ = nullptr;
    std::uint64_t hash_ = 0;
    std::size_t key_size_ = 0;
  };

  /// An empty table; `seed` goes into the hash of every key.
  explicit Table(std::uint64_t seed) noexcept : seed_(seed) {}
  Table(Table&& other) noexcept
      : live_(std::move(other.live_)),
        old_(std::move(other.old_)),
        moved_(std::exchange(other.moved_, 0)),
        size_(std::exchange(other.size_, 0)),
        seed_(other.seed_) {}
  Table& operator=(Table&& other) noexcept {
    Table(std::move(other)).swap(*this);
    return *this;
  }
  ~Table() { clear(); }

  /// Exchanges the contents of two tables.
  void swap(Table& other) noexcept {
    std::swap(live_, other.live_);
    std::swap(old_, other.old_);
    std::swap(moved_, other.moved_);
    std::swap(size_, other.size_);
    std::swap(seed_, other.seed_);
  }

  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// The element with this key, or null. May move a bucket.
  [[nodiscard]] Node* find(std::string_view key) noexcept {
    if (old_.count != 0) [[unlikely]]
      move_some();
    return find(key, hash_bytes(key, seed_));
  }

  /// The element with this key, made when it is missing; whether it was made. May move a bucket,
  /// and throw bad_alloc.
  std::pair<Node*, bool> insert(std::string_view key) {
    if (old_.count != 0) [[unlikely]]
      move_some();
    const std::uint64_t hash = hash_bytes(key, seed_);
    if (Node* const found = find(key, hash)) return {found, false};
    if (old_.count == 0 && size_ >= live_.count)
      resize(live_.count == 0 ? smallest : live_.count * 2);
    Node* const node = make_node(key, hash);
    link(live_, node);
    ++size_;
    return {node, true};
  }

  /// Removes and destroys an element of this table.
  void erase(Node* node) noexcept {
    Node** at = slot_of(node);
    *at = node->next_;
    destroy(node);
    --size_;
    if (old_.count != 0)
      move_some();
    else if (live_.count > smallest && size_ < live_.count / 8)
      shrink();
  }

  /// Removes the element with this key; whether there was one.
  bool erase(std::string_view key) noexcept {
    Node* const node = find(key);
    if (node != nullptr) erase(node);
    return node != nullptr;
  }

  /// Removes everything and gives the memory back.
  void clear() noexcept {
    clear(live_);
    clear(old_);
    moved_ = 0;
    size_ = 0;
  }

  /// Calls `visit(Node&)` for each element. The table must not change meanwhile.
  template <class Visit> void for_each(Visit&& visit) {
    for (std::size_t i = 0; i < live_.count; ++i) for_chain(live_.buckets[i], visit);
    for (std::size_t i = moved_; i < old_.count; ++i) for_chain(old_.buckets[i], visit);
  }

  /// Calls `visit(Node&)` for a few elements and returns the cursor to go on with; 0 starts, and 0
  /// comes back at the end. Elements that are there from start to end are visited at least once.
  /// The table must not change inside `visit`.
  template <class Visit> std::uint64_t scan(std::uint64_t cursor, Visit&& visit) {
    if (size_ == 0) return 0;
    // The cursor counts in reversed bits: buckets that belong together in tables of different sizes
    // are neighbours.
    if (old_.count == 0) {
      for_chain(live_.buckets[cursor & (live_.count - 1)], visit);
      return next_cursor(cursor, live_.count - 1);
    }
    const Half& small = live_.count < old_.count ? live_ : old_;
    const Half& large = live_.count < old_.count ? old_ : live_;
    for_chain(small.buckets[cursor & (small.count - 1)], visit);
    do {
      for_chain(large.buckets[cursor & (large.count - 1)], visit);
      cursor = next_cursor(cursor, large.count - 1);
    } while ((cursor & ((small.count - 1) ^ (large.count - 1))) != 0);
    return cursor;
  }

  /// An element by chance, or null in an empty table. Elements that share a bucket are a little
  /// less likely.
  [[nodiscard]] Node* random(Random& random) noexcept {
    if (size_ == 0) return nullptr;
    const std::size_t buckets = live_.count + (old_.count - moved_);
    Node* chain = nullptr;
    while (chain == nullptr) {
      const std::size_t i = random.below(buckets);
      chain = i < live_.count ? live_.buckets[i] : old_.buckets[moved_ + (i - live_.count)];
    }
    std::uint64_t length = 0;
    for (const Node* node = chain; node != nullptr; node = node->next_) ++length;
    for (std::uint64_t skip = random.below(length); skip != 0; --skip) chain = chain->next_;
    return chain;
  }

 private:
  static constexpr std::size_t smallest = 4;

  struct Half {
    std::unique_ptr<Node*[]> buckets;
    std::size_t count = 0;  // a power of two, or 0

    Half() = default;
    Half(Half&& other) noexcept
        : buckets(std::move(other.buckets)), count(std::exchange(other.count, 0)) {}
    Half& operator=(Half&& other) noexcept {
      buckets = std::move(other.buckets);
      count = std::exchange(other.count, 0);
      return *this;
    }
  };

  static std::uint64_t reversed(std::uint64_t v) noexcept {
    v = ((v >> 1) & 0x5555555555555555U) | ((v & 0x5555555555555555U) << 1);
    v = ((v >> 2) & 0x3333333333333333U) | ((v & 0x3333333333333333U) << 2);
    v = ((v >> 4) & 0x0f0f0f0f0f0f0f0fU) | ((v & 0x0f0f0f0f0f0f0f0fU) << 4);
    return __builtin_bswap64(v);
  }

  static std::uint64_t next_cursor(std::uint64_t cursor, std::uint64_t mask) noexcept {
    return reversed(reversed(cursor | ~mask) + 1);
  }

  static Node* make_node(std::string_view key, std::uint64_t hash) {
    void* const room = ::operator new(sizeof(Node) + key.size());
    Node* const node = ::new (room) Node;
    node->hash_ = hash;
    node->key_size_ = key.size();
    if (!key.empty()) std::memcpy(static_cast<void*>(node + 1), key.data(), key.size());
    return node;
  }

  static void destroy(Node* node) noexcept {
    node->~Node();
    ::operator delete(static_cast<void*>(node));
  }

  static void link(Half& half, Node* node) noexcept {
    Node*& bucket = half.buckets[node->hash_ & (half.count - 1)];
    node->next_ = bucket;
    bucket = node;
  }

  static Node* find_in(const Half& half, std::string_view key, std::uint64_t hash) noexcept {
    for (Node* node = half.buckets[hash & (half.count - 1)]; node != nullptr; node = node->next_) {
      if (node->hash_ == hash && node->key() == key) return node;
    }
    return nullptr;
  }

  Node* find(std::string_view key, std::uint64_t hash) const noexcept {
    if (size_ == 0) return nullptr;
    if (Node* const node = find_in(live_, key, hash)) return node;
    return old_.count != 0 ? find_in(old_, key, hash) : nullptr;
  }

  // The pointer that points at `node`, which is an element of this table.
  Node** slot_of(Node* node) noexcept {
    for (Half* const half : {&live_, &old_}) {
      if (half->count == 0) continue;
      for (Node** at = &half->buckets[node->hash_ & (half->count - 1)]; *at != nullptr;
           at = &(*at)->next_) {
        if (*at == node) return at;
      }
    }
    return nullptr;
  }

  template <class Visit> static void for_chain(Node* node, Visit& visit) {
    for (; node != nullptr; node = node->next_) visit(*node);
  }

  static void clear(Half& half) noexcept {
    for (std::size_t i = 0; i < half.count; ++i) {
      for (Node* node = half.buckets[i]; node != nullptr;)
        destroy(std::exchange(node, node->next_));
    }
    half = Half();
  }

  void resize(std::size_t count) {
    Half fresh;
    fresh.buckets = std::make_unique<Node*[]>(count);
    fresh.count = count;
    if (live_.count != 0) {
      old_ = std::move(live_);
      moved_ = 0;
    }
    live_ = std::move(fresh);
    if (size_ == 0) old_ = Half();
  }

  // Smaller is a matter of memory and of the time to walk the table; where there is no memory for
  // it, it can wait.
  void shrink() noexcept {
    const std::size_t count = size_ * 2 < smallest ? smallest : std::bit_ceil(size_ * 2);
    Half fresh;
    fresh.buckets.reset(new (std::nothrow) Node* [count] {});
    if (!fresh.buckets) return;
    fresh.count = count;
    old_ = std::move(live_);
    moved_ = 0;
    live_ = std::move(fresh);
    if (size_ == 0) old_ = Half();
  }

  // Moves one chain, or skips some empty buckets: enough that a resize ends before the next one is
  // due.
  void move_some() noexcept {
    constexpr int most_empty = 16;
    int empty = 0;
    while (moved_ < old_.count && old_.buckets[moved_] == nullptr && empty < most_empty)
      ++moved_, ++empty;
    if (moved_ < old_.count) {
      for (Node* node = old_.buckets[moved_]; node != nullptr;)
        link(live_, std::exchange(node, node->next_));
      old_.buckets[moved_++] = nullptr;
    }
    if (moved_ == old_.count) {
      old_ = Half();
      moved_ = 0;
    }
  }

  Half live_;  // where new elements go
  Half old_;   // the table before the last resize, until all of it has moved
  std::size_t moved_ = 0;
  std::size_t size_ = 0;
  std::uint64_t seed_;
};

}  // namespace respd
