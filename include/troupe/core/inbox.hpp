// core/inbox.hpp: wake-ups from other threads: one atomic list, and the host's poll-waker.
// (internal)
//
// The only part of the core that another thread may touch. A node belongs to whoever is to be woken
// and is in the list at most once. A pusher may still touch the inbox after its node was taken,
// hence the busy count and close(). Whoever may push for longer than the kernel lives counts the
// inbox (`InboxRef`).
//
// Who pushes puts the node in first (seq_cst), then looks whether the host may sleep (seq_cst): a
// host that is awake is not woken. A host says first that it may sleep (seq_cst), then looks once
// more for what was pushed (seq_cst): so one of the two sees the other.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <troupe/base/callback.hpp>
#include <troupe/base/handle.hpp>
#include <troupe/base/step.hpp>
#include <troupe/base/time.hpp>
#include <utility>

namespace troupe {

namespace detail {
class Inbox {
 public:
  struct Node {
    Node* next;          // set by push()
    void (*run)(Node*);  // on the runtime's thread, inside poll()
  };
  Inbox() = default;
  Inbox(const Inbox&) = delete;
  ~Inbox();

  /// Puts the node into the list, and calls the poll-waker when the list was empty and the host may
  /// sleep. Before there is a waker the node waits for the next poll. Any thread. Without effect
  /// once closed.
  void push(Node* node) noexcept;
  /// Runs what has arrived, in order of arrival; whether there was anything. The runtime's thread.
  /// One relaxed load when there is nothing.
  bool poll() noexcept {
    if (!head_.load(std::memory_order_relaxed)) [[likely]]
      return false;
    return take();
  }
  bool pending() const noexcept {
    step();
    return head_.load(std::memory_order_seq_cst) != nullptr;
  }
  /// The host is awake, and looks for itself until it has called rest(): nobody wakes it. The
  /// runtime's thread, as rest().
  void rouse() noexcept {
    if (rests_.load(std::memory_order_relaxed)) rests_.store(false, std::memory_order_relaxed);
  }
  /// The host may sleep from now on: a push wakes it. What was pushed before wakes nobody:
  /// pending() tells of it. So it is from the start. @returns whether the host was awake
  bool rest() noexcept {
    if (rests_.load(std::memory_order_relaxed)) return false;
    step();
    rests_.store(true, std::memory_order_seq_cst);
    return true;
  }
  /// Whether a push wakes the host. The runtime's thread.
  bool is_resting() const noexcept { return rests_.load(std::memory_order_relaxed); }
  /// Blocks until there is something to take, or for `longest` of real time; whether there is. The
  /// runtime's thread, for a host that has no loop of its own. Throws bad_alloc.
  bool wait(AnyDuration longest) {
    Inbox* const all[] = {this};
    return wait_any(all, longest);
  }
  /// Blocks until there is something to take in one of several of this thread, or for `longest`.
  static bool wait_any(std::span<Inbox* const> all, AnyDuration longest);
  /// Called once. Calls the waker at once where something has been pushed before.
  void set_waker(Callback<void()> waker);
  /// Calls the poll-waker, which is set, from the runtime's thread: without an atomic.
  void ring() noexcept { waker_(); }
  /// No node is taken in any more, and no pusher is inside when this returns. Gives the poll-waker
  /// back.
  Callback<void()> close() noexcept;
  bool is_open() const noexcept { return open_.load(std::memory_order_relaxed); }
  // Made with one count, that of its kernel. Any thread.
  void retain() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  /// Whether this is the thread that made the inbox, inside `run` or not.
  bool here() const noexcept { return owner_ == &thread_mark_; }

 private:
  struct Sleeper;
  static Sleeper& sleeper_here();  // throws bad_alloc
  bool take() noexcept;
  static inline constinit thread_local char thread_mark_ = 0;
  std::atomic<Node*> head_{nullptr};
  std::atomic<int> busy_{0};
  std::atomic<std::uint32_t> refs_{1};
  std::atomic<bool> open_{true}, has_waker_{false}, rests_{true};
  Callback<void()> waker_;
  const char* owner_ = &thread_mark_;
  std::atomic<Sleeper*> sleeper_{nullptr};  // once the runtime's thread has waited here
};

// A count of an inbox.
class InboxRef : public Handle<Inbox, &Inbox::release> {
 public:
  InboxRef() noexcept = default;
  explicit InboxRef(Inbox& inbox) noexcept : Handle(std::addressof(inbox)) { inbox.retain(); }
};
}  // namespace detail

}  // namespace troupe
