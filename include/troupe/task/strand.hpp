// task/strand.hpp: a task at run time, apart from its types: who owns it, where it stands, how it
// is woken and dropped. (internal)
//
// A strand runs only as an item of the queue, in the order of what woke it. Children that it awaits
// run within it: a finished child hands the strand's own loop its parent as the new `top`, so no
// stack grows and no compiler needs to turn a call into a jump. A strand that can never be woken
// again is destroyed by an item of the queue; one that is dropped while foreign code holds on to it
// is parked until that code lets go.
#pragma once
#include <bit>
#include <optional>
#include <troupe/base/code_place.hpp>
#include <troupe/core/box.hpp>
#include <troupe/core/owned_task.hpp>
#include <troupe/task/foreign_state.hpp>
#include <troupe/task/frame.hpp>
#include <vector>

namespace troupe {

namespace detail {
struct StopState;
// How a task is asked whether what it waits for is on its way.
enum class Look : std::uint8_t {
  asks,
  ends,  // whatever is on its way ends where it waits next
  last,  // only what was told so before counts: who was not is not waited for any more
  stays  // the same below who is not told: foreign code has had its turns
};
// Of tasks that go on whatever becomes of who waits for them: they are told nothing.
constexpr Look untold(Look look) noexcept { return look >= Look::last ? Look::stays : Look::asks; }
struct AskedActor {
  std::uint64_t id = 0;             // 0: no actor is asked
  std::optional<unsigned> runtime;  // where it is asked by a Remote
};
// What reports say of an awaiter; each of ours signs in here when a task suspends in it.
struct AwaitInfo {
  std::string_view what;                        // "an answer from"
  std::string_view whom;                        // a type's name, where one follows
  bool (*armed)(const void* awaiter) noexcept;  // whether anything can still wake it; null: it
                                                // cannot be known
  void (*stop)(const void* awaiter) noexcept =
      nullptr;  // asks the task's parts to stop; null: it has none here
  // Whether what it waits for is on its way, by tasks that have all been woken: after how many
  // turns of theirs it comes; 0: it is not. `depth`: how many tasks look from above.
  int (*turns_ahead)(const void* awaiter, Look look, int depth) noexcept = nullptr;
  bool limited = false;  // it is awaited within a limit of time
  void (*children)(const void* awaiter,
                   std::vector<std::uint64_t>& ids) = nullptr;  // null: it has none
  AskedActor (*asked)(const void* awaiter) noexcept = nullptr;
};
struct WakeRecord {  // a queued resumption
  RecordStep step;
  Strand* strand;
  static std::byte* run(Core* core, std::byte* at) noexcept;
  static std::byte* run_rare(Core* core,
                             std::byte* at) noexcept;  // of a task that was parked, or has lost
  static std::byte* skip(Core* core, std::byte* at) noexcept;  // of a task that was dropped first
};
}  // namespace detail

namespace detail {
class Strand : public OwnedTask {
 public:
  enum class Last : std::uint8_t {
    cut,   // ends at its next await, of any kind
    turn,  // goes on until it waits, and ends there
    held,  // the same, but there it stands until whoever waits for it drops it
  };
  // From running to waiting, or to passing on to another coroutine of the task, it is set by what
  // suspends, last; a turn that ends in none of these, nor finished, is odd.
  enum class Phase : std::uint8_t { fresh, running, passing, waiting, parked, finished, dying };
  struct Flags {                   // all that is unusual, in one byte
    bool dropped : 1 = false;      // while running, for `drop_why`: goes when resume() has returned
    bool asking : 1 = false;       // inside a foreign awaiter's cancellation
    bool stopping : 1 = false;     // was asked to stop
    bool stop_shared : 1 = false;  // `stop_` is set: somebody has asked for its token
    bool foreign : 1 = false;      // suspended in a foreign awaiter
    bool late : 1 = false;         // in the list of those that woke while the queue had no room
    bool lost : 1 = false;         // what it waits for will not come, for `lost_why_`
    bool bound : 1 = false;        // `box` is counted
    bool anything() const noexcept { return bits() != 0; }
    bool owner() const noexcept {  // of a count: of `box`, or of the shared state
      Flags owning;
      owning.bound = owning.stop_shared = true;
      return (bits() & owning.bits()) != 0;
    }

   private:
    unsigned char bits() const noexcept { return std::bit_cast<unsigned char>(*this); }
  };
  static const TaskHooks hooks;
  struct Ops : TaskKind {                                // what knows the types
    void (*disown)(Strand*, const ActorFail&) noexcept;  // answers the Ret now: the frame is parked
    void (*conclude)(Strand*,
                     const ActorFail*) noexcept;  // destroys the frame, then answers the Ret
    void (*finish)(Strand*) noexcept;             // the same where it has run to its end
    // In reports, where the outermost coroutine is the library's: who made it, or null; null where
    // it is the user's.
    const std::source_location* (*made_at)(const Strand&) noexcept = nullptr;
  };
  Strand(const Ops& ops, Frame& root) noexcept : OwnedTask(ops), top(&root) {}
  Strand(const Strand&) = delete;
  ~Strand() {
    if (is.owner()) [[unlikely]]
      forget();
  }

  void bind(Box& actor) noexcept {  // belongs to that actor from its creation
    if (box) return;
    box = &actor;
    is.bound = true;
    box->ref();
  }
  void start(Core& c) noexcept {  // becomes a task in its owner's list
    core = std::addressof(c);
    TaskLists& lists = kernel_of(c).tasks;
    id = ++lists.last_id;
    link(box ? box->tasks : lists.owned);
  }
  TROUPE_INLINE void wake() noexcept {
    if (!item_) begin();
  }
  TROUPE_INLINE void begin() noexcept {  // wakes one that nothing has woken
    std::byte* p = kernel_here(*core).main.room<sizeof(WakeRecord)>();
    if (!p) [[unlikely]]
      return wake_slowly();
    item_ = ::new (static_cast<void*>(p)) WakeRecord{&WakeRecord::run, this};
  }
  // What it waits for will never come; `why` lives as long as the awaiter.
  void lose(const ActorFail& why) noexcept;
  void end_by(const Ops& ops) noexcept {
    kind = std::addressof(ops);
  }  // instead of what its type says
  void step() noexcept;        // one turn: runs until it suspends or ends
  bool suspended() noexcept {  // nothing of it runs from here on, until it is woken
    phase = Phase::waiting;
    return true;
  }
  void pass_to(Frame& other) noexcept {  // a child or a parent, which goes on in the same turn
    top = std::addressof(other);
    phase = Phase::passing;
  }
  bool passes() const noexcept { return phase == Phase::passing; }
  void end_odd_turn() noexcept;  // neither suspended nor finished
  void drop_for(const ActorFail& why) noexcept {
    if (is.stop_shared) [[unlikely]]
      return drop_stopping(why);
    drop_now(why);
  }
  // The same, but what was answered before is delivered: if the task has received what it waits
  // for, or if that is on its way through other tasks, it goes on until it waits again or ends. So
  // no value is lost unseen.
  void drop_unless_answered(const ActorFail& why) noexcept;
  // After how many turns, of itself and of tasks for which it waits, it goes on; 0: nothing is on
  // its way. `tries`: its first turn, if that is to come, runs no code of the user and finds
  // whether what it awaits was there.
  int turns_ahead(Look look, int depth, bool tries = false) noexcept;
  static constexpr int deepest_look = 500;  // tasks that wait for one another
  StopState& stop_state();                  // made when it is first asked for; throws bad_alloc
  void request_stop() noexcept;
  std::vector<CodePlace> backtrace() const;  // the innermost coroutine first
  Frame& root() const noexcept;
  void foreign_event(bool resumed) noexcept;  // on our thread; the foreign awaiter has fired
  void retire() noexcept {                    // leaves its list, for good
    cancel_wake();
    leave_list();
    phase = Phase::dying;
  }
  // The same for a task of the runtime that is finished and to which nothing unusual has happened;
  // else false, and nothing is done.
  bool retire_fast() noexcept {
    if (is.anything() || item_) return false;
    leave_list();
    return true;
  }
  void
  destroy_frames() noexcept;  // all of them, the innermost first, and with the outermost itself
  void destroy_frames_for(const ActorFail& why) noexcept;  // the same; what they hold is told so
  void mark_dropped(Why why, Last how) noexcept {
    is.dropped = true;
    drop_why = why;
    last = how;
  }
  bool is_cut() const noexcept { return is.dropped && last == Last::cut; }
  bool is_held() const noexcept { return is.dropped && last == Last::held; }
  bool done() const noexcept { return phase >= Phase::parked; }
  bool has_fired() const noexcept { return item_ != nullptr; }  // or is late
  void take_back() noexcept;                                    // it waits on
  void cancel_wake() noexcept {
    if (is.late) [[unlikely]]
      forget_late();
    else if (item_)
      item_->step = &WakeRecord::skip;
    item_ = nullptr;
    is.lost = false;
  }

  Core* core;     // from start() on
  Frame* top;     // the innermost coroutine
  Instant since;  // while it waits or is parked: when it was suspended
  Flags is;
  Phase phase = Phase::fresh;
  Why drop_why;
  Last last;  // while dropped

 private:
  union {                         // null: nothing has woken it
    WakeRecord* item_ = nullptr;  // its queued resumption
    Strand* next_late_;           // while late: the next in that list; itself at the end
  };
  union {
    StopState* stop_;            // once it is shared
    const ActorFail* lost_why_;  // before that; see lost_why()
  };

 public:
  std::uint64_t id;         // from start() on
  const AwaitInfo* awaits;  // while it waits: in what (null: nothing, it goes on or is dropped),
                            // and where that stands
  const void* awaiter;      // a ForeignState where it is not ours

 private:
  friend struct WakeRecord;
  static void drop_owned(OwnedTask* task, const ActorFail& why) noexcept;
  static std::size_t resume_late(Core& core, std::size_t most) noexcept;
  static void end_parked(Core& core, Duration wait) noexcept;
  static void describe(const OwnedTask& task, AliveTask& about);
  const Ops& typed() const noexcept { return *static_cast<const Ops*>(kind); }
  void leave_list() noexcept {
    unlink();
    ++kernel_of(*core).tasks.ended;
  }
  struct LookRecord {  // a queued look at whether what was on its way has come
    RecordStep step;
    FrameHead* task;  // counted
    int looks;
    static std::byte* run(Core* core, std::byte* at) noexcept;
  };
  // While lost: why; while parked: why it was dropped. It has room here, or in the shared state.
  const ActorFail*& lost_why() noexcept;
  bool look_again(int looks) noexcept;
  void look(int looks) noexcept;
  int answer_ahead(Look look, int depth) noexcept;
  void drop_now(const ActorFail& why) noexcept;
  void drop_stopping(const ActorFail& why) noexcept;
  bool
  stop_first() noexcept;  // tells those who want to hear of a stop; false: they have ended the task
  void forget() noexcept;
  void wake_slowly() noexcept;
  void wake_late() noexcept;
  void wake_rare() noexcept;
  void take_turn() noexcept;
  void run() noexcept;
  void run_for_actor() noexcept;
  void run_rare_item() noexcept;
  void drop_after_turn() noexcept;
  [[gnu::noinline]] void foreign_loss() noexcept;  // its awaiter has let go of it
  void forget_late() noexcept;
  void drop_foreign(const ActorFail& why) noexcept;
  void park(const ActorFail& why) noexcept;
  void conclude_parked() noexcept;
  void after_turn(Box* owner) noexcept;
  ForeignState& foreign() const noexcept {  // in which it is suspended
    return *static_cast<ForeignState*>(const_cast<void*>(awaiter));
  }
  void conclude(const ActorFail* why) noexcept { typed().conclude(this, why); }
};

// Around the destruction of frames and states, and the turn of a foreign coroutine: cancels within
// it wait for its end, so that no stack grows, and nothing is destroyed that runs.
class Dying {
 public:
  explicit Dying(Core& c) noexcept : core_(c) { ++kernel_of(c).tasks.dying; }
  ~Dying() {
    TaskLists& lists = kernel_of(core_).tasks;
    if (--lists.dying == 0 && lists.deferred_cancels) [[unlikely]]
      drop_doomed(core_);
  }
  Dying(const Dying&) = delete;

 private:
  static void drop_doomed(Core& core) noexcept;
  Core& core_;
};

// Destroys a coroutine's frame wherever it stands. What its locals throw goes to the log, at Error.
void drop_frame(Frame& frame) noexcept;
// The same for one that belongs to an object which dies. Nested deep in other frames it goes after
// the outermost has gone, so that no stack grows.
void let_frame_go(Frame& frame) noexcept;
}  // namespace detail

}  // namespace troupe
