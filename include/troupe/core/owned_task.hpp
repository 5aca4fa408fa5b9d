// core/owned_task.hpp: the seam between actors and coroutines: what an actor or a runtime owns
// besides states. (internal)
//
// The core knows of a task only that it is in a list, whose it is, and how to drop it. Room `task`
// plugs in here.
#pragma once
#include <cstddef>
#include <troupe/base/time.hpp>
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/linked.hpp>

namespace troupe {

class Core;
struct AliveTask;

namespace detail {
struct Box;
struct ForeignWait;  // a coroutine of a foreign type that awaits something of ours
struct OwnedTask;

// What room `task` does for the core.
struct TaskHooks {
  // Ends the task for `why`. It leaves the list it is in before this returns: destroyed, or parked
  // until foreign code lets go of it.
  void (*drop)(OwnedTask*, const ActorFail& why) noexcept;
  std::size_t (*resume_late)(Core&, std::size_t most) noexcept;  // how many it has resumed
  void (*end)(Core&,
              Duration wait) noexcept;  // the runtime ends: what is parked gets `wait` of real
                                        // time, then is left
  void (*describe)(const OwnedTask&, AliveTask&);
};
// The first part of what room `task` knows of tasks of one type.
struct TaskKind {
  const TaskHooks* hooks;
};
struct OwnedTask : Linked<OwnedTask> {
  explicit OwnedTask(const TaskKind& k) noexcept : kind(&k) {}
  const TaskHooks& hooks() const noexcept { return *kind->hooks; }
  Box* box = nullptr;  // the actor that owns it, counted; null: the runtime
  const TaskKind* kind;
};

/// The tasks of one runtime, kept by its core for room `task`.
struct TaskLists {
  OwnedTask* owned = nullptr;   // those that no actor owns
  OwnedTask* parked = nullptr;  // those that wait until foreign code lets go of them
  OwnedTask* late = nullptr;    // woken while the queue had no room: resumed when it is empty
  void* deferred_cancels =
      nullptr;  // cancelled by a destructor of a dying frame or state: the outermost one drops them
  void* asked = nullptr;  // tasks whose request to stop came nested too deep: the outermost request
                          // goes on there
  int asking = 0;         // requests to stop that go on, one inside the other
  int dying = 0;          // frames and states that are being destroyed, one inside the other
  ForeignWait* awaiting = nullptr;  // coroutines of foreign types that wait for something of ours
  ForeignWait* losing = nullptr;    // those of them that are about to hear that it does not come
  void* lost = nullptr;  // those of them whose wait is over, while the runtime ends and its queue
                         // takes nothing
  std::uint64_t last_id = 0;  // how many were started
  std::uint64_t ended = 0;
  // Resumes all that are in the list `lost`, or, where that is empty, in the list `awaiting`; or
  // forgets both. Set with the first of them.
  void (*resume_lost)(Core&, bool resume) noexcept = nullptr;
  Core* left_behind = nullptr;  // after the end: another runtime that foreign code keeps memory of
  Duration park_limit = std::chrono::seconds(
      5);  // until an ended actor's notice no longer waits for its parked tasks
  Duration end_wait =
      std::chrono::seconds(1);  // real time that the runtime's end waits for parked tasks
};
}  // namespace detail

}  // namespace troupe
