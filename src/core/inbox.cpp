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
  } while (!head_.compare_exchange_weak(before, node, std::memory_order_release,
                                        std::memory_order_relaxed));
  if (!before) {  // whoever found it empty wakes the host; the others ride along
    if (!has_waker_.load(std::memory_order_acquire))
      panic("a wake-up came from another thread, but the host set no poll waker",
            "Runtime::set_poll_waker");
    waker_();
  }
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
  if (has_waker()) panic("the poll waker is set once", "Runtime::set_poll_waker");
  waker_ = std::move(waker);
  has_waker_.store(true, std::memory_order_release);
}

Callback<void()> Inbox::close() noexcept {
  open_.store(false);
  while (busy_.load() != 0) std::this_thread::yield();
  return std::move(waker_);
}

}  // namespace troupe::detail
