// thread/seat.hpp: the place of one runtime among those that call each other: what the others see
// of it. (internal)
//
// Who sends publishes first (a seq_cst store), then looks whether the runtime rests: only who finds
// it resting pays for waking it. Who rests says so first (seq_cst), then looks once more for what
// was published (seq_cst): so one of the two sees the other.
#pragma once
#include <atomic>
#include <cstdint>
#include <troupe/base/step.hpp>
#include <troupe/core/inbox.hpp>

namespace troupe::detail {

struct Export;

class Seat : private Inbox::Node {
 public:
  Seat() noexcept : Node{nullptr, &woken} {}
  Seat(const Seat&) = delete;
  // ---- the runtime's thread
  void take(Inbox& inbox) noexcept {
    inbox_ = InboxRef(inbox);
    state_.store(resting, std::memory_order_seq_cst);
  }
  bool is_taken() const noexcept { return state_.load(std::memory_order_relaxed) != empty; }
  // From now on whoever sends something wakes the host. One that wakes it already has said so.
  void rest() noexcept {
    step();
    std::uint32_t was = awake;
    state_.compare_exchange_strong(was, resting, std::memory_order_seq_cst);
  }
  void rouse() noexcept {
    step();
    std::uint32_t was = resting;
    if (state_.load(std::memory_order_relaxed) == resting)
      state_.compare_exchange_strong(was, awake, std::memory_order_seq_cst);
  }
  // All that was written before is published.
  void pass_quiet_point() noexcept {
    quiet_.store(quiet_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  void end() noexcept { ended_.store(true, std::memory_order_seq_cst); }

  // ---- any thread
  // After something was published.
  void ring() noexcept {
    step();
    if (state_.load(std::memory_order_seq_cst) == resting) [[unlikely]]
      wake();
  }
  bool has_ended() const noexcept { return ended_.load(std::memory_order_seq_cst); }
  std::uint64_t quiet_points() const noexcept { return quiet_.load(std::memory_order_acquire); }
  // Nothing that it has written is unpublished. One that is being woken may have begun a run.
  bool is_quiet() const noexcept {
    const std::uint32_t state = state_.load(std::memory_order_acquire);
    return state == resting || state == empty || has_ended();
  }

  alignas(64) std::atomic<Export*> released{nullptr};  // whose last Remote has gone

 private:
  enum State : std::uint32_t { empty, awake, resting, being_woken };
  // On the runtime's thread: the host is awake, and looks for what was sent in this run.
  static void woken(Node* node) noexcept {
    step();
    static_cast<Seat*>(node)->state_.store(awake, std::memory_order_seq_cst);
  }
  void wake() noexcept;
  // Others look at these two all the time, and nobody writes them while the host is awake.
  alignas(64) std::atomic<std::uint32_t> state_{empty};
  std::atomic<bool> ended_{false};
  InboxRef inbox_;
  alignas(64) std::atomic<std::uint64_t> quiet_{0};  // written each run
};

}  // namespace troupe::detail
