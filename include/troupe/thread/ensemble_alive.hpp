// thread/ensemble_alive.hpp: what keeps the runtimes of an ensemble running, and who waits for whom
// across them.
#pragma once
#include <string>
#include <troupe/core/why_alive.hpp>
#include <troupe/thread/ensemble.hpp>
#include <vector>

namespace troupe {

/// An actor or a task of an ensemble that waits.
struct AliveWaiter {
  unsigned runtime = 0;  ///< its number
  bool is_task = false;  ///< a task, by its own id; else an actor
  std::uint64_t id = 0;
  std::string_view name;  ///< the type of the actor, or the function of the task
};

/// What why_alive(ensemble) finds.
struct EnsembleAlive {
  /// Of each runtime, in the order of their numbers.
  std::vector<WhyAlive> runtimes;
  /// The numbers of those that live on other threads: what keeps them alive is not seen here.
  std::vector<unsigned> elsewhere;
  /// Each is a circle: everyone in it waits for the next one, and the last one for the first. An
  /// actor waits by its tasks and by its Rets that are out at other runtimes. No proof that nothing
  /// goes on: while its tasks wait, an actor may take the call that brings the answer.
  std::vector<std::vector<AliveWaiter>> circles;
  /// Whether nothing is left in any of them. Of one on another thread that is not known: false.
  bool nothing() const noexcept;
  /// All of it for people: that of each runtime, then a line for each that is elsewhere, and for
  /// each circle.
  std::string text() const;
};

/// What keeps the runtimes of the ensemble that have been given their seats on this thread running,
/// and who waits for whom across them. Of runtimes on other threads only their numbers and what
/// these know of them is told. Who asks within one runtime is known where a task does (`ask`); whom
/// a Ret waits for that was given to an actor of the same runtime is not. A Ret is shown to wait
/// for the actor to which its call went. Where that actor hands it on to a third runtime, its own
/// runtime shows that a Ret of another runtime waits for the third one, and no circle through that
/// is found. A release build of the library knows of tasks alone. Walks all lists, also within a
/// run.
/// @throws std::bad_alloc when there is no memory
EnsembleAlive why_alive(const Ensemble& all);

}  // namespace troupe
