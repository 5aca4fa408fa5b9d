// core/inbox.cpp: pushing from any thread, taking on one.
#include <troupe/core/inbox.hpp>

#include <thread>
#include <troupe/base/panic.hpp>
#include <utility>

namespace troupe::detail {

void Inbox::push(Node* node) noexcept {
  busy_.fetch_add(1);
  if (!open_.load()) {
    busy_.fetch_sub(1);
    return;
  }
  Node* before = head_.load(std::memory_order_relaxed);
  do {
    node->next = before;
  } while (!head_.compare_exchange_weak(before, node, std::memory_order_seq_cst,
                                        std::memory_order_relaxed));
  // Whoever found the list empty wakes the host. The others need not.
  if (!before && has_waker_.load(std::memory_order_seq_cst)) waker_();
  busy_.fetch_sub(1);
}

bool Inbox::take() noexcept {
  Node* in_order = nullptr;
  for (Node* n = head_.exchange(nullptr, std::memory_order_acquire); n;) {
    Node* next = std::exchange(n->next, in_order);
    in_order = n;
    n = next;
  }
  while (in_order) {
    Node* n = in_order;
    in_order = n->next;
    n->run(n);
  }
  return true;
}

void Inbox::set_waker(Callback<void()> waker) {
  if (has_waker_.load(std::memory_order_relaxed))
    panic("the poll waker is set once", "Runtime::set_poll_waker");
  waker_ = std::move(waker);
  // Either this sees what was pushed before, or its pusher sees the waker: both are seq_cst.
  has_waker_.store(true, std::memory_order_seq_cst);
  if (head_.load(std::memory_order_seq_cst)) waker_();
}

Callback<void()> Inbox::close() noexcept {
  open_.store(false);
  while (busy_.load() != 0) std::this_thread::yield();
  return std::move(waker_);
}

}  // namespace troupe::detail
