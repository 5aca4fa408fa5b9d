// core/why_alive.hpp: what keeps a runtime running: who lives, who waits for what, and since when.
//
// A program that does not end, or that waits for something that will not come, is asked here.
// Nothing is counted for it on the way: the lists that the runtime keeps anyway are walked when
// somebody asks.
#pragma once
#include <optional>
#include <string>
#include <troupe/base/code_place.hpp>
#include <troupe/base/time.hpp>
#include <troupe/core/box_header.hpp>
#include <vector>

namespace troupe {

/// One living actor, for listings.
struct ActorInfo {
  std::uint64_t id;
  std::string_view type;
  std::string_view name;  ///< empty if it gave itself none; valid until the actor ends
  ActorState state;
  std::uint32_t owners;  ///< 0 while its end is queued
  std::uint64_t maker;  ///< id of the actor that made it; 0: none did, or this is no debug build of
                        ///< the library
  std::optional<unsigned> runtime;  ///< the number of its runtime in its ensemble
};

/// A task that has not ended.
struct AliveTask {
  std::uint64_t id = 0;
  std::optional<unsigned> runtime;  ///< the number of its runtime in its ensemble
  std::uint64_t actor = 0;          ///< the id of the actor that owns it; 0: the runtime
  std::string_view awaits;          ///< what it is suspended in; empty while it is queued to run
  std::string_view whom;            ///< behind that, the type that is to answer, where there is one
  std::uint64_t whom_id = 0;        ///< which actor that is, where an actor is asked
  std::optional<unsigned> whom_runtime;  ///< the number of that actor's runtime, where it was asked
                                         ///< by a `Remote`
  bool limited = false;  ///< it awaits that within a limit of time: a timeout() or a deadline()
  Instant since;         ///< when it was suspended there
  /// Its chain of awaits, the innermost coroutine first. Of a child that is no coroutine: where its
  /// parent awaits it, or where its Scope was made; so it is of a child of a Scope that is a Step
  /// and has not begun.
  std::vector<CodePlace> backtrace;
  /// The id of the task that awaits it as one of several, within a limit, by shield() or by the
  /// join of a scope; else 0, as for a child of a scope before that is joined.
  std::uint64_t parent = 0;
  std::vector<std::uint64_t> children;  ///< the ids of those whose parent it is
  bool parked = false;                  ///< dropped, and foreign code still holds on to it
  /// Suspended, and nothing is left that could wake it. Exact for what awaits something of the
  /// runtime; what comes from outside, bytes or an awaitable of another library, is taken to be
  /// able to come.
  bool stuck = false;
};

/// Rets of one site that are still to be answered. Known in debug builds of the library only.
struct AliveRets {
  std::string_view site;  ///< what answers, with its types
  std::uint64_t live = 0;
  Instant since;  ///< since then there was never none: the oldest is at most that old
};

/// Rets of this runtime, of asks too, that went along with calls to another one and are still to be
/// answered there. Release builds of the library know the number of them for each runtime alone.
struct AliveFarRets {
  unsigned runtime = 0;    ///< the number of the other one
  std::uint64_t live = 0;  ///< how many
  std::string_view whom;   ///< the type of the actor that was called, and its id
  std::uint64_t whom_id = 0;
  std::string_view site;    ///< what is to be answered, as AliveRets has it
  std::uint64_t asker = 0;  ///< the id of the actor of this runtime that they call; 0: a task's,
                            ///< or a function's
  Instant since;            ///< when the first of them was sent
};

/// Rets of another runtime that are still to be answered in this one. Release builds of the library
/// know the number of them alone.
struct AliveDebts {
  unsigned runtime = 0;    ///< the number of the other one, which waits
  std::uint64_t live = 0;  ///< how many
  std::string_view whom;   ///< the type of the actor that was given them, and its id
  std::uint64_t whom_id = 0;
  Instant since;  ///< when it was given the first of them
};

/// What Runtime::why_alive() finds.
struct WhyAlive {
  Instant now;
  std::optional<unsigned> runtime;  ///< the number of the runtime in its ensemble
  /// In the order of their making: those that live, and those that have ended but whose state waits
  /// for tasks that foreign code still holds (`ActorState::parked`).
  std::vector<ActorInfo> actors;
  std::vector<AliveTask> tasks;  ///< by id
  /// Those of this runtime, and of functions for which no runtime ran when they were made.
  std::vector<AliveRets> rets;
  std::vector<AliveFarRets> far_rets;  ///< those that another runtime is to answer, once more
  std::vector<AliveDebts> debts;       ///< and what others wait for
  std::size_t live_rets = 0;           ///< to actors of this runtime; counted in every build
  std::size_t timers = 0;
  std::optional<Instant> next_timer;
  bool queued = false;   ///< calls wait to be run
  bool idle = false;     ///< idle items wait
  bool woken = false;    ///< another thread has sent something that was not looked at yet
  std::size_t jobs = 0;  ///< that other threads have in hand (`JobOut`, `offload`)
  /// Whether nothing is left: no actor, task, timer or job, and nothing queued.
  bool nothing() const noexcept;
  /// All of it for people: one line for each entry, backtraces indented below their task.
  std::string text() const;
};

}  // namespace troupe
