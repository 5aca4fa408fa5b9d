// core/inbox.cpp: pushing from any thread, taking on one.
#include <troupe/core/inbox.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <troupe/base/panic.hpp>
#include <utility>

namespace troupe::detail {

// Where a thread blocks that waits for its runtimes: one a thread, made by its first wait. Counted
// by the thread and by each inbox that it has waited for, whose pushers may come later.
struct Inbox::Sleeper {
  std::mutex mutex;
  std::condition_variable news;
  std::atomic<std::uint32_t> refs{1};
  void wake() noexcept {
    { const std::lock_guard after_its_look(mutex); }
    news.notify_one();
  }
  void release() noexcept {
    if (refs.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
};

Inbox::Sleeper& Inbox::sleeper_here() {
  struct Here {
    Sleeper* sleeper = nullptr;
    ~Here() {
      if (sleeper) sleeper->release();
    }
  };
  static thread_local Here here;
  if (!here.sleeper) here.sleeper = new Sleeper;
  return *here.sleeper;
}

Inbox::~Inbox() {
  if (Sleeper* const sleeper = sleeper_.load(std::memory_order_relaxed)) sleeper->release();
}

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
bool Inbox::wait_any(std::span<Inbox* const> all, AnyDuration longest) {
  Sleeper& sleeper = sleeper_here();
  for (Inbox* const inbox : all) {
    if (!inbox->sleeper_.load(std::memory_order_relaxed)) {
      sleeper.refs.fetch_add(1, std::memory_order_relaxed);
      inbox->sleeper_.store(&sleeper, std::memory_order_seq_cst);
    }
    inbox->rest();
  }
  const auto has_news = [all] {
    return std::any_of(all.begin(), all.end(), [](const Inbox* inbox) {
      return inbox->head_.load(std::memory_order_seq_cst) != nullptr;
    });
  };
  std::unique_lock lock(sleeper.mutex);
  if (longest == Duration::max())
    sleeper.news.wait(lock, has_news);
  else
    sleeper.news.wait_for(lock, Duration(longest), has_news);
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
