// core/feed.hpp: the seam for records that do not come by the runtime's own queue: what other
// runtimes send. (internal)
#pragma once
#include <cstddef>

namespace troupe {
struct WhyAlive;
}
namespace troupe::detail {

// What a runtime takes records from beside its queue; `Kernel::feed`, or null there. All of it is
// called on the runtime's thread. The records that it runs are turns of the runtime: each counts
// against the run's limit, and is counted by `Kernel::main` (CallQueue::count) before it runs.
class Feed {
 public:
  /// Records of one source between two looks at the other: the queue, and the feed.
  static constexpr std::size_t default_slice = 256;
  /// That number; tests set a smaller one.
  std::size_t slice = default_slice;

  Feed() = default;
  Feed(const Feed&) = delete;
  /// Takes notice of what has come since the look before: at a turn's start, and after a slice of
  /// the queue's records. Nothing else may make has_more() true: or a sender that never pauses
  /// would keep a run from its end.
  virtual void look() noexcept = 0;
  /// Runs some of what the latest look saw.
  /// @returns how many records ran, at most `most`
  virtual std::size_t run(std::size_t most) noexcept = 0;
  /// Whether there is more of what the latest look saw.
  virtual bool has_more() const noexcept = 0;
  /// Sends off what the records of this runtime have written to others: behind each slice of the
  /// queue.
  virtual void flush() noexcept = 0;
  /// A run is over: sends off what was written.
  virtual void end_run() noexcept = 0;
  /// The host may sleep from now on: whoever sends something wakes it, until the next look(). What
  /// was sent before wakes nobody: has_news() tells of it.
  virtual void rest() noexcept = 0;
  /// Wakes the host, if it may sleep.
  virtual void wake_host() noexcept = 0;
  /// Whether a run would find something: what the latest look saw, or what has come since.
  virtual bool has_news() const noexcept = 0;
  /// Which Rets of this runtime others have, and which of theirs are here. May throw bad_alloc.
  virtual void describe(WhyAlive& why) const = 0;
  /// The runtime ends: actors, tasks and queues are still there. What comes after all of them have
  /// gone is `Kernel::at_end`.
  virtual void ending() noexcept = 0;

 protected:
  ~Feed() = default;
};

}  // namespace troupe::detail
