// thread/ensemble.hpp: `Ensemble`: runtimes that call each other's actors.
#pragma once
#include <memory>
#include <troupe/core/runtime.hpp>
#include <troupe/thread/remote.hpp>

namespace troupe {

struct EnsembleAlive;

/// What is chosen for all lanes of an ensemble.
struct EnsembleOptions {
  /// Bytes that wait in the lane of one runtime to another, beyond which calls are refused; checked
  /// when the lane takes a further chunk. Two chunks are allowed in any case. So is what waits of
  /// calls to one runtime from all threads that run none of the ensemble together.
  std::size_t lane_bound = 1024 * 1024;
  /// Bytes of a chunk. A larger record gets one of its own size.
  std::size_t lane_chunk = 8192;
  /// Bytes after which a turn that goes on sends off what it has written.
  std::size_t publish = 2048;
  /// Records of one source that run before the runtime looks at the other: its own queue, and what
  /// the other runtimes have sent. 0 counts as 1.
  std::size_t slice = detail::Feed::default_slice;
  /// Seats beside those that have numbers, for runtimes that are made anew (`Restart`): each such
  /// runtime takes one, for good. Together at most 64.
  unsigned spares = 0;
};

/// A number of runtimes, each on a thread of its own or several on one, whose actors call each
/// other through `Remote`s. Each runtime is driven by its own host, as one that is alone: a loop of
/// the library, one of your own, or `run_virtual(ensemble)`. A handle: copies name the same
/// ensemble, and may be used on any thread. It lasts as long as a handle, a runtime with a seat, or
/// a Remote.
///
/// A runtime that ends leaves by itself. What its actors still owe is answered with `lost`, what
/// others owe it with `ended`. Others go on; their calls to it are dropped.
class Ensemble {
 public:
  static constexpr unsigned most_runtimes = detail::Node::most_runtimes;
  /// @param runtimes how many seats there are, 1 to 64; each pair of them costs 512 bytes, and
  /// two chunks when it is used
  /// @throws std::bad_alloc when there is no memory
  explicit Ensemble(unsigned runtimes, EnsembleOptions options = {});
  unsigned size() const noexcept { return lanes_->size - lanes_->spares; }
  /// Gives a runtime its seat, on the runtime's own thread, outside of its runs. A seat is given
  /// once, and a runtime has one. Anything else ends the process.
  /// @param number from 0; it is the number of the runtime from now on (`Core::runtime_number`)
  /// @throws std::bad_alloc when there is no memory
  void seat(unsigned number, Runtime& rt) const;

 private:
  friend class EnsembleThreads;
  void sit(unsigned number, Runtime& rt) const;
  friend void run_virtual(const Ensemble& all, AnyInstant until);
  friend EnsembleAlive why_alive(const Ensemble& all);
  std::shared_ptr<detail::Lanes> lanes_;
  std::size_t slice_;
};

/// Runs all runtimes of the ensemble that have been given their seats on this thread, under one
/// virtual clock, until nothing is left to do or one of them is asked for a shutdown. At each
/// instant they run in the order of their seats, again and again until none has work; then time
/// moves to the next timer of any. So it is the same each time: for tests. No other thread may run
/// one of the ensemble meanwhile. Time stands still while a job of one of them is out (`JobOut`):
/// this blocks until something comes for any of them (`Runtime::set_job_warning`). A handler may
/// end another runtime of the ensemble, or make one and give it a seat: it runs from then on.
/// @param until the last instant to run. If it is given, time moves to it even when nothing is left
/// to do before, unless there is a shutdown
void run_virtual(const Ensemble& all, AnyInstant until = Instant::max());

}  // namespace troupe
