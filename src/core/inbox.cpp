// core/inbox.cpp: pushing from any thread, taking on one.
#include <troupe/core/inbox.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <troupe/base/panic.hpp>
#include <utility>

namespace troupe::detail {

// Where the runtime's thread blocks. Made by the first wait: nearly all inboxes have none.
struct Inbox::Sleeper {
  std::mutex mutex;
  std::condition_variable news;
  void wake() noexcept {
    { const std::lock_guard after_its_look(mutex); }
    news.notify_one();
  }
};

Inbox::~Inbox() { delete sleeper_.load(std::memory_order_relaxed); }

void Inbox::push(Node* node) noexcept {
  step();
  busy_.fetch_add(1);
  step();
  if (!open_.load()) {
    busy_.fetch_sub(1);
    return;
  }
  Node* before = head_.load(std::memory_order_relaxed);
  do {
    step();
    node->next = before;
  } while (!head_.compare_exchange_weak(before, node, std::memory_order_seq_cst,
                                        std::memory_order_relaxed));
  // Whoever found the list empty wakes the host, if it may sleep. The others need not.
  step();
  if (!before && rests_.load(std::memory_order_seq_cst)) {
    if (has_waker_.load(std::memory_order_seq_cst)) waker_();
    if (Sleeper* const sleeper = sleeper_.load(std::memory_order_seq_cst)) [[unlikely]]
      sleeper->wake();
  }
  step();
  busy_.fetch_sub(1);
}

bool Inbox::take() noexcept {
  step();
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

// Either this sees what is pushed, or its pusher sees the sleeper: both are seq_cst.
bool Inbox::wait(AnyDuration longest) {
  Sleeper* sleeper = sleeper_.load(std::memory_order_relaxed);
  if (!sleeper) {
    sleeper = new Sleeper;
    sleeper_.store(sleeper, std::memory_order_seq_cst);
  }
  rest();
  const auto has_news = [this] { return head_.load(std::memory_order_seq_cst) != nullptr; };
  std::unique_lock lock(sleeper->mutex);
  if (longest == Duration::max())
    sleeper->news.wait(lock, has_news);
  else
    sleeper->news.wait_for(lock, Duration(longest), has_news);
  return has_news();
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
  step();
  open_.store(false);
  while (busy_.load() != 0) {
    step(true);
    std::this_thread::yield();
  }
  return std::move(waker_);
}

}  // namespace troupe::detail
