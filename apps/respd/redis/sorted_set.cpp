// apps/respd/redis/sorted_set.cpp: the treap. Its depth, and so that of the recursion, is
// logarithmic whatever is inserted, as clients do not know the priorities.
#include "redis/sorted_set.hpp"

namespace respd {

bool SortedSet::before(const Node& left, const Node& right) noexcept {
  step();
  if (left.value.score != right.value.score) return left.value.score < right.value.score;
  return left.key() < right.key();
}

void SortedSet::count(Node& node) noexcept {
  node.value.size =
      static_cast<std::uint32_t>(1 + size_of(node.value.left) + size_of(node.value.right));
}

// All of `left` is before all of `right`.
SortedSet::Node* SortedSet::merge(Node* left, Node* right) noexcept {
  if (left == nullptr) return right;
  if (right == nullptr) return left;
  step();
  if (left->value.priority > right->value.priority) {
    left->value.right = merge(left->value.right, right);
    count(*left);
    return left;
  }
  right->value.left = merge(left, right->value.left);
  count(*right);
  return right;
}

void SortedSet::split(Node* tree, const Node& at, Node*& left, Node*& right) noexcept {
  if (tree == nullptr) {
    left = right = nullptr;
    return;
  }
  if (before(*tree, at)) {
    left = tree;
    split(tree->value.right, at, tree->value.right, right);
  } else {
    right = tree;
    split(tree->value.left, at, left, tree->value.left);
  }
  count(*tree);
}

void SortedSet::link(Node& node) noexcept {
  Node** at = &root_;
  while (*at != nullptr && (*at)->value.priority >= node.value.priority) {
    Node& over = **at;
    ++over.value.size;
    at = before(node, over) ? &over.value.left : &over.value.right;
  }
  split(*at, node, node.value.left, node.value.right);
  count(node);
  *at = &node;
}

void SortedSet::unlink(Node& node) noexcept {
  Node** at = &root_;
  while (*at != &node) {
    Node& over = **at;
    --over.value.size;
    at = before(node, over) ? &over.value.left : &over.value.right;
  }
  *at = merge(node.value.left, node.value.right);
}

void SortedSet::insert(std::string_view name, double score) {
  Node& node = *members_.insert(name).first;
  node.value.score = score;
  node.value.priority = static_cast<std::uint32_t>(random_.next() >> 32);
  link(node);
}

void SortedSet::set_score(Node& node, double score) noexcept {
  unlink(node);
  node.value.score = score;
  link(node);
}

void SortedSet::erase(Node& node) noexcept {
  unlink(node);
  members_.erase(&node);
}

SortedSet::Node& SortedSet::at(std::size_t rank) const noexcept {
  Node* node = root_;
  for (;;) {
    step();
    const std::size_t before = size_of(node->value.left);
    if (rank == before) return *node;
    if (rank < before) {
      node = node->value.left;
    } else {
      rank -= before + 1;
      node = node->value.right;
    }
  }
}

}  // namespace respd
