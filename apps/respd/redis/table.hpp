// apps/respd/redis/table.hpp: the hash table of the key spaces and of hashes and sets.
//
// The elements stand side by side in one array of pointers, in no order that means anything: one is
// drawn by chance in one step, and a scan walks the array from its end. Beside it, an index of
// hashes with open addressing finds an element by its key; up to eight elements do without. An
// element is one block that holds the key's bytes behind the value, and stays where it is, so the
// expiry heap and sorted sets may point at it. The index grows and shrinks in small steps with each
// access, so no single command pays for the whole.
#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "redis/hash_bytes.hpp"
#include "redis/hash_index.hpp"
#include "redis/memory.hpp"
#include "redis/random.hpp"
#include "redis/steps.hpp"

namespace respd {

/// Maps strings of up to 4 GiB to values of type `V`; up to 4,000,000,000 elements. Elements stay
/// at their address until they are erased. Not for several threads.
template <class V> class Table {
 public:
  /// One element. Its key follows it in memory.
  class Node {
   public:
    [[no_unique_address]] V value{};
    /// The key; valid as long as the node.
    [[nodiscard]] std::string_view key() const noexcept {
      return {reinterpret_cast<const char*>(this + 1), key_size_};
    }

   private:
    friend Table;
    std::uint32_t key_size_ = 0;
  };

  /// An empty table; `seed` goes into the hash of every key.
  explicit Table(std::uint64_t seed) noexcept : seed_(seed) {}
  Table(Table&& other) noexcept
      : nodes_(std::exchange(other.nodes_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        room_(std::exchange(other.room_, 0)),
        index_(std::move(other.index_)),
        seed_(other.seed_) {}
  Table& operator=(Table&& other) noexcept {
    Table(std::move(other)).swap(*this);
    return *this;
  }
  ~Table() { clear(); }

  /// Exchanges the contents of two tables.
  void swap(Table& other) noexcept {
    std::swap(nodes_, other.nodes_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    std::swap(index_, other.index_);
    std::swap(seed_, other.seed_);
  }

  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// The element with this key, or null. O(1). May move a part of the index.
  [[nodiscard]] Node* find(std::string_view key) noexcept {
    const std::uint32_t at = locate(key, hash(key));
    return at == none ? nullptr : nodes_[at];
  }

  /// The element with this key, made when it is missing; whether it was made. O(1), amortized. May
  /// throw bad_alloc; then nothing has changed.
  std::pair<Node*, bool> insert(std::string_view key) {
    const std::uint32_t hashed = hash(key);
    if (const std::uint32_t at = locate(key, hashed); at != none) return {nodes_[at], false};
    const bool had_index = index_.exists();
    make_room();
    Node* const node = make_node(key);
    nodes_[size_] = node;
    if (index_.exists()) index_.add(size_, had_index ? hashed : hash_of(key));
    ++size_;
    return {node, true};
  }

  /// Removes and destroys an element of this table. O(1), amortized.
  void erase(Node* node) noexcept {
    const std::uint32_t hashed = hash(node->key());
    erase_at(locate(node->key(), hashed), hashed);
  }

  /// Removes the element with this key; whether there was one.
  bool erase(std::string_view key) noexcept {
    const std::uint32_t hashed = hash(key);
    const std::uint32_t at = locate(key, hashed);
    if (at != none) erase_at(at, hashed);
    return at != none;
  }

  /// Removes everything and gives the memory back.
  void clear() noexcept {
    discard(size_);
    free_memory(static_cast<void*>(std::exchange(nodes_, nullptr)));
    room_ = 0;
    index_ = HashIndex();
  }

  /// Destroys up to `most` elements of a table that is of no further use but for this, `size` and
  /// its end; returns how many. `visit(Node&)` sees each before.
  template <class Visit> std::size_t discard(std::size_t most, Visit visit) noexcept {
    const std::size_t count = std::min<std::size_t>(most, size_);
    for (std::size_t i = 0; i < count; ++i) {
      Node* const node = nodes_[--size_];
      visit(*node);
      destroy(node);
    }
    step(count);
    return count;
  }
  std::size_t discard(std::size_t most) noexcept {
    return discard(most, [](Node&) {});
  }

  /// Calls `visit(Node&)` for each element. The table must not change meanwhile.
  template <class Visit> void for_each(Visit&& visit) {
    for (std::uint32_t i = 0; i < size_; ++i) visit(*nodes_[i]);
    step(size_);
  }

  /// Calls `visit(Node&)` for up to `count` elements and returns the cursor to go on with; 0
  /// starts, and 0 comes back at the end. Elements that are there from start to end are visited at
  /// least once: all that stand at or behind the cursor have been, and what an erasure moves, moves
  /// to the front. The table must not change inside `visit`.
  template <class Visit>
  std::uint64_t scan(std::uint64_t cursor, std::uint64_t count, Visit&& visit) {
    std::uint64_t at = cursor == 0 || cursor > size_ ? size_ : cursor;
    for (; at != 0 && count != 0; --count) {
      visit(*nodes_[--at]);
      step();
    }
    return at;
  }

  /// The element at a place below `size()`. Which one stands where changes with every erasure.
  [[nodiscard]] Node* at(std::size_t place) const noexcept {
    step();
    return nodes_[place];
  }
  /// An element by chance, each as likely as the others, or null in an empty table. O(1).
  [[nodiscard]] Node* random(Random& random) const noexcept {
    return size_ == 0 ? nullptr : at(random.below(size_));
  }

 private:
  static constexpr std::uint32_t none = HashIndex::none;
  static constexpr std::uint32_t most_unindexed = 8;
  static constexpr std::uint32_t first_room = 4;

  // A few elements are found without an index, and without a hash.
  [[nodiscard]] std::uint32_t hash(std::string_view key) const noexcept {
    return index_.exists() ? hash_of(key) : 0;
  }
  [[nodiscard]] std::uint32_t hash_of(std::string_view key) const noexcept {
    return static_cast<std::uint32_t>(hash_bytes(key, seed_));
  }

  // Where the element with this key stands, or `none`.
  std::uint32_t locate(std::string_view key, std::uint32_t hashed) noexcept {
    const auto matches = [&](std::uint32_t at) {
      step();
      return nodes_[at]->key() == key;
    };
    if (index_.exists()) [[likely]]
      return index_.find(hashed, matches);
    for (std::uint32_t at = 0; at < size_; ++at) {
      if (matches(at)) return at;
    }
    return none;
  }

  static Node* make_node(std::string_view key) {
    if (key.size() > UINT32_MAX) throw std::bad_alloc();
    void* const room = resize_memory(nullptr, sizeof(Node) + key.size());
    if (room == nullptr) throw std::bad_alloc();
    Node* const node = ::new (room) Node;
    node->key_size_ = static_cast<std::uint32_t>(key.size());
    if (!key.empty()) std::memcpy(static_cast<void*>(node + 1), key.data(), key.size());
    return node;
  }

  static void destroy(Node* node) noexcept {
    node->~Node();
    free_memory(static_cast<void*>(node));
  }

  // Room for one more element, in the array and in the index.
  void make_room() {
    if (size_ == room_) resize(room_ < 64 ? std::max(first_room, room_ * 2) : room_ + room_ / 4);
    if (index_.exists()) {
      index_.make_room();
    } else if (size_ >= most_unindexed) {
      index_.make_room();
      for (std::uint32_t i = 0; i < size_; ++i) index_.add(i, hash_of(nodes_[i]->key()));
    }
  }

  void resize(std::uint32_t room) {
    void* const grown = resize_memory(static_cast<void*>(nodes_), room * sizeof(Node*));
    if (grown == nullptr) throw std::bad_alloc();
    nodes_ = static_cast<Node**>(grown);
    room_ = room;
  }

  // The last element takes the place of the one that goes.
  void erase_at(std::uint32_t at, std::uint32_t hashed) noexcept {
    Node* const node = nodes_[at];
    const std::uint32_t last = size_ - 1;
    if (index_.exists()) {
      index_.remove(at, hashed);
      if (at != last) index_.renumber(last, at, hash_of(nodes_[last]->key()));
    }
    nodes_[at] = nodes_[last];
    size_ = last;
    destroy(node);
    step();
    index_.shrink();
    if (size_ < room_ / 4 && room_ > first_room) give_room_back();
  }

  // Where there is no memory for less room, it can wait.
  void give_room_back() noexcept {
    const std::uint32_t room = std::max(first_room, room_ / 2);
    void* const smaller = resize_memory(static_cast<void*>(nodes_), room * sizeof(Node*));
    if (smaller == nullptr) return;
    nodes_ = static_cast<Node**>(smaller);
    room_ = room;
  }

  Node** nodes_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0;
  HashIndex index_;
  std::uint64_t seed_;
};

}  // namespace respd
