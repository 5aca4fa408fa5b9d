// core/runtime.hpp: the runtime: what the host's loop holds and turns.
//
// It needs three things of a host: a call of run(now) when there is something to do, a wait until
// next_expiry(), and a wake-up when another thread says so. Everything that the runtime knows of
// the outside comes as an argument.
#pragma once
#include <memory>
#include <optional>
#include <troupe/base/borrow.hpp>
#include <troupe/base/callback.hpp>
#include <troupe/core/core.hpp>
#include <troupe/core/stop_cause.hpp>
#include <troupe/core/why_alive.hpp>
#include <vector>

namespace troupe {

/// What bounds one call of `Runtime::run`, so that a busy actor cannot stall the host's loop.
struct RunLimit {
  /// Records of the queue at most: calls, those too that were held for an actor in Prep, deferred
  /// functions, tasks that are resumed, ends of actors. The idle item that a run was asked for
  /// comes in addition.
  std::size_t items = SIZE_MAX;
  /// The instant, by `clock`, at which to stop; looked at every 64 records.
  AnyInstant until = Instant::max();
  /// Read only where `until` is set.
  Instant (*clock)() = +[] { return Clock::now(); };
  /// The host is awake behind this run, until it has called `Runtime::may_sleep`: whoever sends
  /// something from another thread finds it awake, and pays for no wake-up. Without effect where
  /// the run throws or somebody asks for a shutdown in it.
  bool stays_awake = false;
};

/// What a run left over.
struct RunResult {
  bool work = false;  ///< the limit stopped it: run again
  bool idle = false;  ///< idle items wait: run again with `idle` when there is nothing else to do
};

/// A single-threaded runtime: queue, actors, timers, tasks. Belongs to the thread that made it, and
/// so does all that comes from it (debug builds check whoever runs it, calls, answers or sets
/// timers); any number may live, also on one thread, and they may call each other's actors there.
/// Its destructor ends everything: queued calls are destroyed unrun, actors dropped, every Ret
/// answered; handles that stay are inert.
class Runtime {
 public:
  using troupe_not_storable = void;
  /// @param now the present, from any clock that does not go back: `Clock::now()` under a real
  /// loop; the default suits virtual time (`run_virtual`, tests).
  /// @throws std::bad_alloc when there is no memory
  explicit Runtime(AnyInstant now = Instant{});
  Runtime(const Runtime&) = delete;
  ~Runtime();

  operator Core&() noexcept { return kernel_.core; }
  /// The part that handlers see, for calls from the host between two turns. Lives as long as the
  /// runtime.
  Core& core() noexcept { return kernel_.core; }
  /// The time of the latest turn.
  Instant now() const noexcept { return kernel_.now; }
  /// Whether no shutdown was asked for: a host's loop runs while this is true.
  bool not_shutdown() const noexcept { return !kernel_.shutdown; }
  /// Takes the shutdown and returns its cause: the host may go on after that. Empty if no shutdown
  /// was asked for.
  std::optional<StopCause> shutdown_reason() noexcept { return kernel_.core.shutdown_reason(); }

  /// One turn: one idle item first if asked; time moves to `now` (an earlier one is ignored);
  /// timers that are due join the queue behind what is there; then the main queue until it is
  /// empty, a whole lazy batch, and again until both are empty. Rethrows what a deferred function
  /// threw, at once; the runtime stays usable, nothing is lost or repeated, and the next run goes
  /// on behind it. (An idle item that throws ends its run before time has moved.) Calling it from
  /// inside itself ends the process.
  /// @returns whether idle items wait
  bool run(AnyInstant now, bool idle = false) TROUPE_EXCLUDES(::troupe::detail::borrow_token);
  /// One turn within a limit; the next run goes on where this one stopped.
  RunResult run(AnyInstant now, RunLimit limit, bool idle = false)
      TROUPE_EXCLUDES(::troupe::detail::borrow_token);
  /// One turn without time moving.
  bool run() TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return run(now()); }
  /// Runs one record of the queue: for tests. False when there was none.
  bool run_one() TROUPE_EXCLUDES(::troupe::detail::borrow_token);

  /// The instant at which the host should run again because of a timer, if there is any. (A max
  /// timer that was moved meanwhile does not fire at that instant.)
  std::optional<Instant> next_expiry() const noexcept;
  /// Nanoseconds from `now` until next_expiry(), at least 0. 0 while work is queued, and after a
  /// shutdown was asked for. Empty where there is neither work nor timer.
  std::optional<Duration> next_wait(AnyInstant now) const noexcept;
  /// How long the host may sleep: next_wait(), but no more than `max`; 0 if `pending` (idle items
  /// or I/O that the host knows of).
  Duration next_wait_max(AnyInstant now, AnyDuration max, bool pending) const noexcept;

  /// For a host whose runs had `RunLimit::stays_awake`, before it sleeps: from now on whoever sends
  /// something from another thread wakes it by the poll waker. Then looks once more for what came
  /// before that. A host that never says `stays_awake` need not call it: a sender that finds it
  /// between two runs wakes it. Cost: two atomic operations; a run that stays awake has none of
  /// them, nor have those who send to it a system call.
  /// @returns whether it may sleep, for next_wait() at most; false: there is something to do, run
  /// again. Either way it is woken until the next run that stays awake
  bool may_sleep() noexcept;

  /// Runs what other threads have sent. run() does so too.
  void poll_wake() noexcept;
  /// How the host is woken. Called when another thread has sent something, from that thread; and on
  /// the runtime's own thread when, outside of a run, something is queued, a timer set, or a
  /// shutdown asked for or taken: by a callback of the host's, by another runtime of this thread.
  /// At most once from either side between two runs (but once more when a shutdown is taken, since
  /// the turn that was asked for may not have come), and never from inside a run on its own thread.
  /// Other threads do not call it while the host is awake by its own word
  /// (`RunLimit::stays_awake`). Must be thread-safe, must neither throw nor touch the runtime, and
  /// what it names must live as long as the runtime. Set once. What has been queued before is for
  /// the host's first run; what another thread has sent before calls `waker` at once. A host
  /// without one looks for itself
  /// (`next_wait`): what comes from another thread waits for its next run.
  void set_poll_waker(Callback<void()> waker);

  /// Fixes what `Core::systime` says; nullopt: the system's clock again.
  void set_systime(std::optional<SystemTime> time) noexcept { kernel_.systime = time; }
  /// Sets who gets the log, and what of it; an empty sink ends logging, of failures too. Writes no
  /// record. Until it is called, records of level `error` go to standard error, one line each:
  /// every actor that fails, and every exception that nobody else hears of.
  void set_logger(LogFilter filter, Logger::Sink sink) {
    kernel_.logger.set(filter, std::move(sink));
  }
  /// Delivers the record "Logging level changed", then switches.
  void set_log_filter(LogFilter filter) {
    kernel_.logger.set_filter(kernel_.core, kernel_.now, filter);
  }
  /// Called for every actor that fails, before its owner hears. It may set another hook.
  void set_failure_hook(Callback<void(Core&, const FailureReport&)> hook);

  /// Bytes of queued calls beyond which calls are refused (their Rets hear `overloaded`). Default:
  /// none. A bound for each of the three queues by itself. Checked when a queue takes a further
  /// chunk: so the queue may hold one chunk (4 KiB or more) beyond it, and a bound below one chunk
  /// counts as one chunk; an empty queue takes any one call or timer. What has its room reserved is
  /// never refused, and comes on top: the failure that a `ret_to` is told, in no more bytes than
  /// the call that carried it, and a kill. Tasks that are woken then run when the queue is empty; a
  /// coroutine of another library that waits for something of ours, and finds no room to be resumed
  /// in, ends the process.
  void set_max_queued(std::size_t bytes) noexcept;
  /// Bytes of pooled memory beyond which making actors and the like throws bad_alloc. Default:
  /// none. Counted are the blocks that the pool takes, 256 KiB each, and each for pieces of one
  /// size: so a small bound is used up by few sizes. Pieces of more than 128 KiB (large buffers of
  /// pipes and queues, large `Bytes`) come from the heap and are not counted; what bounds them is
  /// the capacity of their pipe or queue.
  void set_max_pool(std::size_t bytes) noexcept;
  /// Gives unused memory back: of the pool, the queues of calls, timers, and of pipes and queues
  /// between tasks that have grown. Walks all of it. The pool gives nothing back to the system
  /// otherwise. From the host between two turns, or inside one: a `Core` has no way to its runtime,
  /// so the host gives one to its handlers, by `unsafe_borrow(rt)` (docs/actors.md, "Memory").
  void trim() noexcept;
  /// Bytes that the pool holds.
  std::size_t pool_bytes() const noexcept { return kernel_.pool.bytes(); }
  /// Records run so far: calls (one that was held for an actor in Prep is counted when it is held
  /// and when it runs), deferred functions, tasks that were resumed, ends of actors.
  std::uint64_t items_run() const noexcept {
    return kernel_.main.ran() + kernel_.lazy.ran() + kernel_.idle.ran();
  }
  /// Rets to actors of this runtime that are still to be answered.
  std::size_t live_rets() const noexcept;
  /// Tasks that have not ended.
  std::size_t live_tasks() const noexcept { return kernel_.tasks.last_id - kernel_.tasks.ended; }
  /// Timers that are still to come.
  std::size_t live_timers() const noexcept { return kernel_.timers.size(); }
  /// All living actors, in the order of their making. Costs a walk through all boxes.
  /// @throws std::bad_alloc when there is no memory
  std::vector<ActorInfo> actors() const;
  /// What keeps this runtime running: who lives, who waits for what, and since when
  /// (core/why_alive.hpp); `.text()` is for people. Walks all lists. Of other runtimes it tells
  /// whom of them this one waits for, and which of them wait for it (`why_alive(ensemble)`: all).
  /// @throws std::bad_alloc when there is no memory
  WhyAlive why_alive() const;

  /// How long an ended actor's owner waits for its notice while foreign code still holds a task of
  /// it; then the notice goes out with `StopCause::parked()`, and the state stays until they are
  /// done. Default: 5 s of the runtime's time.
  void set_park_limit(AnyDuration limit) noexcept { kernel_.tasks.park_limit = limit; }
  /// How long the destructor waits, in real time, for other threads to let go of tasks; those that
  /// they keep are reported to stderr and leaked. Not for coroutines of other libraries that wait
  /// for something of ours: these are resumed at once, to hear that it does not come
  /// (docs/bridge.md). Default: 1 s.
  void set_end_wait(AnyDuration wait) noexcept { kernel_.tasks.end_wait = wait; }
  /// How long, in real time, this thread waits in silence for other threads: `run_virtual` for jobs
  /// that they have in hand (`JobOut`, `offload`), then it says so on stderr; the end of a
  /// `PipedThread` for its thread, then the log has an error record. Once a wait, which then goes
  /// on. Default: 10 s.
  void set_job_warning(AnyDuration wait) noexcept { kernel_.job_warning = wait; }

 private:
  struct Turn;
  RunResult turn(Instant now, const RunLimit& limit, bool idle);
  struct Budget;
  bool has_late_timers() const noexcept;
  void sweep(Budget& budget);
  template <class Watch> bool run_queues(Budget& budget, Watch watch);
  template <class Watch> void run_main(Budget& budget, Watch watch);
  template <class Watch> void run_fed(Budget& budget, Watch watch);
  template <class Watch>
  void run_some(detail::CallQueue& q, std::byte* end, Budget& budget, Watch watch);
  detail::Kernel& kernel_;  // which is freed with its last handle
  std::uint64_t rets_before_;
};

/// Runs in virtual time until nothing is left to do or somebody asks for a shutdown: time jumps
/// from timer to timer, so that a day takes no time. While a job of this runtime is out, a piece of
/// work that another thread has in hand and must bring back (`JobOut`, `offload` to a pool of
/// threads), time stands still: this blocks, in real time, until something comes from another
/// thread, and runs it; a poll waker is not needed. A job that waits for virtual time waits for
/// ever, and `Runtime::set_job_warning` says when that is told. Of other threads virtual time knows
/// nothing: it does not wait for them, and what one of them sends later waits for the next run.
/// @param until the last instant to run. If it is given, time moves to it even when nothing is left
/// to do before, unless there is a shutdown
/// @throws std::bad_alloc when there is no memory to wait with, before the first wait
void run_virtual(Runtime& rt, AnyInstant until = Instant::max())
    TROUPE_EXCLUDES(::troupe::detail::borrow_token);

}  // namespace troupe
