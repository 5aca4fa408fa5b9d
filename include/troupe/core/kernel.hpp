// core/kernel.hpp: what a runtime is made of: its queues, memory, timers, tasks, and what goes on
// in it. (internal)
//
// `Core` is the part of it that handlers see, and `Runtime` the part that the host sees. The doors
// of the room reach it by `kernel_of(core)` (core/core.hpp). It lives on the heap and is freed with
// the last handle into it.
#pragma once
#include <cstdint>
#include <exception>
#include <optional>
#include <troupe/base/panic.hpp>
#include <troupe/base/time.hpp>
#include <troupe/core/at_end.hpp>
#include <troupe/core/call_queue.hpp>
#include <troupe/core/environment.hpp>
#include <troupe/core/inbox.hpp>
#include <troupe/core/logger.hpp>
#include <troupe/core/owned_task.hpp>
#include <troupe/core/pool.hpp>
#include <troupe/core/spare.hpp>
#include <troupe/core/stop_cause.hpp>
#include <troupe/core/timer_queue.hpp>
#include <troupe/core/turn_asker.hpp>

namespace troupe::detail {

struct Extras;
class Feed;
struct Held;
struct Probe;
struct PutOff;

struct Kernel {
  explicit Kernel(Core& core, Instant now, void (*free)(Core&) noexcept);
  ~Kernel();

  // Between two runs queues and timers rest: whatever is put into one of them first asks the host
  // for a turn, once.
  void rest() noexcept;   // a run has ended
  void rouse() noexcept;  // a run begins, or the host has been asked
  void ask_host() noexcept;
  // Behind a run: from now on other threads wake the host. It is woken for what they have sent
  // before, but not where it runs again in any case.
  void let_host_sleep() noexcept;
  // This, for use now. In debug builds it is checked that the thread is the runtime's own; handles
  // that outlived the runtime may be used on any.
  TROUPE_INLINE Kernel& here() noexcept {
#if TROUPE_DEBUG
    if (!ended && !inbox->here()) [[unlikely]]
      panic("a runtime was used on another thread than the one that made it", "Core");
#endif
    return *this;
  }
  bool is_ending() const noexcept { return main.is_closed(); }  // or has ended
  // Names what is being run: no two turns have the same number.
  std::uint64_t item() const noexcept {
    return main.steps() + lazy.steps() + idle.steps() + turns_outside;
  }
  // Who has said stop() or fail() in the turn that goes on, or null.
  BoxHeader* stopping_actor_here() const noexcept {
    return stopping_actor && stopping_item == item() ? stopping_actor : nullptr;
  }
  Extras& make_extras();  // throws bad_alloc
  // Of this runtime among those of its ensemble, for logs and listings.
  std::optional<unsigned> number() const noexcept { return logger.runtime_; }
  void set_number(unsigned number) noexcept { logger.runtime_ = number; }
  void retain() noexcept { ++keepers; }
  void release() noexcept {
    if (--keepers == 0) free_core(core);
  }

  CallQueue main;  // first: a pointer to the kernel is one to it
  Pool pool;
  Instant now;
  CallQueue* running = nullptr;
  Held* flush = nullptr;  // calls held for the actor that has just become ready
  // Invariant: `cause` and `stopping_item` belong to `stopping_actor`, the one actor that has said
  // stop() or fail() in its turn, until that turn is over. One that says so elsewhere has a record
  // of the queue.
  StopCause cause;
  BoxHeader* stopping_actor = nullptr;
  bool sweep = false;  // an owner's end found no room in the queue: look for it
  bool ended = false;
  bool hosted = false;        // there is a poll waker
  bool resting = false;       // no run goes on, and the host has not been asked for one
  std::uint32_t keepers = 1;  // the runtime, orphaned blocks, deferrers
  CallQueue lazy, idle;
  TimerQueue timers;
  Logger logger;
  Probe* probe = nullptr;
  Feed* feed = nullptr;  // what other runtimes send; most have none
  Box* turn = nullptr;   // whose handler runs; debug builds only
  PutOff* put_off = nullptr;
  std::uint64_t stopping_item = 0;  // the item of the queue in which `stopping_actor` said so
  std::uint64_t turns_outside = 0;  // turns of actors and tasks that were no items of a queue
  std::exception_ptr
      pending;  // out of the body of a Ret or Fwd, where even its record found no room
  TaskLists tasks;
  std::byte* lazy_end = nullptr;  // of the lazy batch that a limit interrupted
  Instant start;
  std::optional<SystemTime> systime;
  std::optional<StopCause> shutdown;
  Environment environment;
  Extras* extras = nullptr;  // names, hooks: what most programs never touch
  Spare spares{nullptr};     // whoever holds memory that trim() may ask for
  AtEnd* at_end = nullptr;   // home sides of what other threads hold
  // Somebody awaits an answer no longer: for who holds Rets and asks them seldom. Null: nobody.
  void (*asker_left)(Core&) noexcept = nullptr;
  std::uint32_t jobs_out =
      0;  // what other threads have in hand: each pushes a node when it is back
  Duration job_warning = std::chrono::seconds(10);  // real time that virtual time waits unsaid
  Inbox* inbox;                                     // counted: other threads may hold it longer
  Core& core;
  void (*free_core)(Core&) noexcept;
  struct Asker : TurnAsker {
    explicit Asker(Kernel& k) noexcept;
    Kernel& kernel;
  } asker{*this};
  static inline constinit thread_local Kernel* current =
      nullptr;  // whose runtime is running on this thread
};

}  // namespace troupe::detail
