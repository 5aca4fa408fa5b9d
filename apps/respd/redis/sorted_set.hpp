// apps/respd/redis/sorted_set.hpp: members with scores, by name and by rank.
//
// A table finds a member by its name. Its nodes carry the links of a treap, a search tree that is
// balanced by random priorities, in the order of scores; each link's subtree knows its size, so a
// rank is found on one way down.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redis/random.hpp"
#include "redis/steps.hpp"
#include "redis/table.hpp"

namespace respd {

/// Members in the order of their scores, equal scores in the order of names. Scores are not NaN.
class SortedSet {
 public:
  struct Member;
  using Node = Table<Member>::Node;
  /// What a name maps to.
  struct Member {
    double score = 0;
    Node* left = nullptr;
    Node* right = nullptr;
    std::uint32_t size = 1;  // of the subtree
    std::uint32_t priority = 0;
  };

  /// An empty one; `seed` goes into hashes and priorities.
  explicit SortedSet(std::uint64_t seed) noexcept : members_(seed), random_(seed) {}

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] bool empty() const noexcept { return members_.empty(); }

  /// The member of this name, or null. O(1).
  [[nodiscard]] Node* find(std::string_view name) noexcept { return members_.find(name); }
  /// Adds a member that is not there. O(log n).
  void insert(std::string_view name, double score);
  /// Gives a member another score. O(log n).
  void set_score(Node& node, double score) noexcept;
  /// Removes a member. O(log n).
  void erase(Node& node) noexcept;

  /// The member of a rank below `size()`, from the lowest score on. O(log n).
  [[nodiscard]] Node& at(std::size_t rank) const noexcept;
  /// Calls `visit(Node&)` for `count` members from `rank` on, which are there; upwards, or
  /// downwards where ranks count from the highest score. O(log n + count).
  template <class Visit>
  void visit(std::size_t rank, std::size_t count, bool reverse, Visit visit) const {
    walk(root_, rank, rank + count, reverse, visit);
  }
  /// Calls `visit(Node&)` for each member, in no order.
  template <class Visit> void for_each(Visit visit) { members_.for_each(visit); }
  /// Destroys up to `most` members of a set that is of no further use but for this and its end;
  /// returns how many.
  std::size_t discard(std::size_t most) noexcept {
    root_ = nullptr;
    return members_.discard(most);
  }

 private:
  static std::size_t size_of(const Node* node) noexcept {
    return node == nullptr ? 0 : node->value.size;
  }
  static bool before(const Node& left, const Node& right) noexcept;
  static void count(Node& node) noexcept;
  static Node* merge(Node* left, Node* right) noexcept;
  static void split(Node* tree, const Node& at, Node*& left, Node*& right) noexcept;
  void link(Node& node) noexcept;
  void unlink(Node& node) noexcept;

  // Visits those of ranks from `first` on, before `last`, in the subtree.
  template <class Visit>
  static void walk(Node* node, std::size_t first, std::size_t last, bool reverse, Visit& visit) {
    if (node == nullptr || first >= last) return;
    step();
    Node* const near = reverse ? node->value.right : node->value.left;
    const std::size_t own = size_of(near);
    if (first < own) walk(near, first, last < own ? last : own, reverse, visit);
    if (first <= own && own < last) visit(*node);
    if (last > own + 1) {
      walk(reverse ? node->value.left : node->value.right, first > own ? first - own - 1 : 0,
           last - own - 1, reverse, visit);
    }
  }

  Table<Member> members_;
  Node* root_ = nullptr;
  Random random_;
};

}  // namespace respd
