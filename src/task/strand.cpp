// task/strand.cpp: waking, running and dropping of tasks.
#include <troupe/task/strand.hpp>

#include <troupe/core/life.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/core/why_alive.hpp>

namespace troupe::detail {
TROUPE_INLINE void Strand::run() noexcept {
  for (;;) {
    phase = Phase::running;
    top->handle().resume();
    if (phase == Phase::waiting) break;
    if (phase != Phase::passing) return typed().finish(this);
  }
  since = core->now();
  if (is.dropped) [[unlikely]]
    drop_after_turn();
}

void Strand::run_for_actor() noexcept {
  Box* owner = box;
  owner->ref();
  run();
  after_turn(owner);
}

TROUPE_INLINE void Strand::take_turn() noexcept {
  if (box)
    run_for_actor();
  else
    run();
}

void Strand::step() noexcept { take_turn(); }

std::byte* WakeRecord::run(Core* core, std::byte* at) noexcept {
  Strand& s = *reinterpret_cast<WakeRecord*>(at)->strand;
  s.item_ = nullptr;
  if (core) [[likely]]
    s.take_turn();
  return at + sizeof(WakeRecord);
}

std::byte* WakeRecord::run_rare(Core* core, std::byte* at) noexcept {
  Strand& s = *reinterpret_cast<WakeRecord*>(at)->strand;
  s.item_ = nullptr;
  if (core || s.phase == Strand::Phase::parked)
    s.run_rare_item();  // there is no later turn for what was let go
  return at + sizeof(WakeRecord);
}

std::byte* WakeRecord::skip(Core*, std::byte* at) noexcept { return at + sizeof(WakeRecord); }

void Dying::drop_doomed(Core& core) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  ++lists.dying;  // what these cancel in their turn joins the list
  while (lists.deferred_cancels) {
    auto* head = static_cast<FrameHead*>(lists.deferred_cancels);
    lists.deferred_cancels = head->next_cancelled == head ? nullptr : head->next_cancelled;
    head->next_cancelled = nullptr;
    const FrameRef frame(head);
    --head->refs;
    if (!frame.alive()) continue;
    if (Strand* s = Frame::of(head).strand; s && !s->done()) s->drop_for(ActorFail(Why::cancelled));
  }
  --lists.dying;
}

// ---- what the core asks of us
const TaskHooks Strand::hooks{&Strand::drop_owned, &Strand::resume_late, &Strand::end_parked,
                              &Strand::describe};

void Strand::describe(const OwnedTask& task, AliveTask& about) {
  const auto& s = static_cast<const Strand&>(task);
  about.id = s.id;
  about.backtrace = s.backtrace();
  if (s.typed().made_at) {
    about.backtrace.pop_back();
    if (about.backtrace.empty())
      if (const std::source_location* at = s.typed().made_at(s)) about.backtrace.emplace_back(*at);
  }
  const bool stands = s.phase == Phase::waiting || s.phase == Phase::parked;
  about.since = stands ? s.since : s.core->now();
  if (!stands || s.has_fired() || !s.awaits) return;  // will run
  about.awaits = s.awaits->what;
  about.whom = s.awaits->whom;
  if (s.awaits->asked) {
    const AskedActor asked = s.awaits->asked(s.awaiter);
    about.whom_id = asked.id;
    about.whom_runtime = asked.runtime;
  }
  about.limited = s.awaits->limited;
  if (s.awaits->children && s.phase == Phase::waiting)
    s.awaits->children(s.awaiter, about.children);
  about.stuck = s.awaits->armed && !s.awaits->armed(s.awaiter);
}

Frame& Strand::root() const noexcept {
  Frame* f = top;
  while (f->parent) f = f->parent;
  return *f;
}

std::vector<CodePlace> Strand::backtrace() const {
  std::vector<CodePlace> all;
  for (const Frame* f = top; f; f = f->parent) all.emplace_back(f->where);
  return all;
}

// ---- waking
void Strand::wake_slowly() noexcept {
  kernel_here(*core).main.push<sizeof(WakeRecord)>(
      [this](void* p) { item_ = ::new (p) WakeRecord{&WakeRecord::run, this}; },
      [this] { wake_late(); });
}

void Strand::wake_rare() noexcept {
  if (phase == Phase::parked && kernel_of(*core).is_ending())
    return run_rare_item();  // there is no later turn
  wake();
  if (item_ && !is.late) item_->step = &WakeRecord::run_rare;
}

void Strand::lose(const ActorFail& why) noexcept {
  is.lost = true;
  lost_why() = std::addressof(why);
  wake_rare();
}

void Strand::take_back() noexcept {
  static const ActorFail cancelled(Why::cancelled);
  cancel_wake();
  if (!is.dropped) return;
  is.dropped = false;  // its last turn was to be this one
  lose(cancelled);
}

// The queue has no room: it is resumed when the queue is empty, out of its turn but not lost.
void Strand::wake_late() noexcept {
  TaskLists& lists = kernel_of(*core).tasks;
  if (kernel_here(*core).main.refusal() == Why::ended) return;
  is.late = true;
  next_late_ = lists.late ? static_cast<Strand*>(lists.late) : this;
  lists.late = this;
  kernel_of(*core).sweep = true;
}

std::size_t Strand::resume_late(Core& core, std::size_t most) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  std::size_t resumed = 0;
  for (; resumed < most && lists.late; ++resumed) {
    auto* s = static_cast<Strand*>(lists.late);
    s->forget_late();
    ++kernel_of(core).turns_outside;
    if (s->is.lost || s->phase == Phase::parked)
      s->run_rare_item();
    else
      s->step();
  }
  return resumed;
}

void Strand::forget_late() noexcept {
  TaskLists& lists = kernel_of(*core).tasks;
  Strand* after = next_late_ == this ? nullptr : next_late_;
  auto* before = static_cast<Strand*>(lists.late);
  if (before == this) {
    lists.late = after;
  } else {
    while (before->next_late_ != this) before = before->next_late_;
    before->next_late_ = after ? after : before;
  }
  is.late = false;
  item_ = nullptr;
}

// What it waits for will not come; or it was parked, and foreign code has let go.
void Strand::run_rare_item() noexcept {
  if (phase == Phase::parked) {
    foreign().ops->discard(foreign().awaiter);
    return conclude_parked();
  }
  const ActorFail why = *lost_why();
  Box* owner = box;
  if (owner) owner->ref();
  drop_for(why);
  if (owner) after_turn(owner);
}

void Strand::drop_after_turn() noexcept {
  if (!is.foreign)
    awaits =
        nullptr;  // its last awaiter may have gone: a task that is dropped begins no further wait
  if (last == Last::held) return;
  is.dropped = false;
  const ActorFail why(drop_why);
  drop_for(why);
}

// A foreign coroutine takes over the turn; or the task was dropped and began no further wait; else
// it can never go on.
void Strand::end_odd_turn() noexcept {
  if (const auto other = is.foreign ? std::exchange(foreign().takes_over, nullptr) : nullptr) {
    const Dying dying(*core);  // as HandleWaiter::resume() has it
    TROUPE_TRY { other.resume(); }
    TROUPE_CATCH_ALL { throw_later(*core, std::current_exception()); }
  } else if (!is.dropped) {
    panic(
        "resumed, neither done nor awaiting: GCC 12 miscompiles a condition that awaits, where the "
        "coroutine has no "
        "local variable; docs/bridge.md names the cure, and troupe-coroutine-lint the lines",
        PlaceText(CodePlace(top->where)));
  }
  phase = Phase::waiting;
  since = core->now();
  if (is.dropped) drop_after_turn();
}

// Ends the actor if it has said stop() or fail() in its turn.
void Strand::after_turn(Box* owner) noexcept {
  end_if_leaving(*owner);
  owner->unref();
}

// ---- dropping
void Strand::drop_owned(OwnedTask* task, const ActorFail& why) noexcept {
  auto* s = static_cast<Strand*>(task);
  if (s->phase == Phase::running) panic("a task's owner ended in the middle of its turn", "Strand");
  s->drop_for(why);
}

void Strand::drop_now(const ActorFail& why) noexcept {
  switch (phase) {
    case Phase::running:
    case Phase::passing:
      if (!is.dropped || drop_why == Why::lost)  // an exception takes a loss back, no cancel
        mark_dropped(why.why(), Last::cut);
      return;
    case Phase::fresh:
      return conclude(&why);
    case Phase::waiting:
      if (is.asking) return;  // who asks goes on with it
      if (is.foreign)
        drop_foreign(why);
      else
        conclude(&why);
      return;
    case Phase::parked:
    case Phase::finished:
    case Phase::dying:
      return;
  }
}

// Whoever is told to stop may cancel this task or others, or let go of it. All of that waits until
// everybody has been told.
void Strand::drop_stopping(const ActorFail& why) noexcept {
  const Dying dying(*core);
  if (stop_first()) drop_now(why);
}

// How many turns of others bring what it waits for.
int Strand::answer_ahead(Look look, int depth) noexcept {
  if (phase != Phase::waiting || depth > deepest_look) return 0;
  // Nothing shows what other libraries have received: they get the turns that are queued at first.
  if (is.foreign) return look >= Look::last ? 0 : 1;
  return awaits && awaits->turns_ahead ? awaits->turns_ahead(awaiter, look, depth) : 0;
}

int Strand::turns_ahead(Look look, int depth, bool tries) noexcept {
  if (look == Look::last && !is.dropped) return 0;
  int turns = 0;
  if (phase == Phase::running)
    turns = 1;
  else if (has_fired())
    turns = (phase == Phase::waiting && !is.lost) || (phase == Phase::fresh && tries) ? 1 : 0;
  else if (const int others = answer_ahead(look, depth))
    turns = others + 1;
  if (turns != 0 && look == Look::ends && !is.dropped) mark_dropped(Why::cancelled, Last::held);
  return turns;
}

void Strand::drop_unless_answered(const ActorFail& why) noexcept {
  if (phase != Phase::waiting || is.lost) return drop_for(why);
  if (!has_fired()) {
    const int turns = answer_ahead(Look::asks, 0);
    if (turns == 0 || !look_again(turns)) return drop_for(why);
    (void)answer_ahead(Look::ends, 0);
  }
  mark_dropped(why.why(), Last::turn);
}

// Queues a look, behind all that is queued now.
bool Strand::look_again(int looks) noexcept {
  FrameHead* head = root().head();
  bool room = true;
  kernel_here(*core).main.push<sizeof(LookRecord)>(
      [&](void* p) {
        ++head->refs;
        ::new (p) LookRecord{&LookRecord::run, head, looks};
      },
      [&] { room = false; });
  return room;
}

std::byte* Strand::LookRecord::run(Core* core, std::byte* at) noexcept {
  auto& look = *reinterpret_cast<LookRecord*>(at);
  const FrameRef frame(look.task);
  --look.task->refs;
  if (Strand* s = core && frame.alive() ? Frame::of(look.task).strand : nullptr; s && !s->done())
    s->look(look.looks);
  return at + sizeof(LookRecord);
}

void Strand::look(int looks) noexcept {
  if (phase != Phase::waiting || !is.dropped || has_fired()) return;  // it has come
  const Look how = looks > 1 ? Look::ends : Look::last;
  if (looks > -deepest_look && answer_ahead(how, 0) != 0 && look_again(looks - 1)) return;
  const ActorFail why(drop_why);
  Box* owner = box;
  if (owner) owner->ref();
  is.dropped = false;
  drop_for(why);
  if (owner) after_turn(owner);
}

// The innermost goes first, and not within the destruction of its parent, so that no stack grows.
// What their locals cancel meanwhile goes when the outermost destruction is over.
void Strand::destroy_frames() noexcept {
  const Dying dying(*core);
  is.dropped = true;
  last = Last::cut;  // one that catches what a local threw, and awaits again, waits for nothing
  while (top->parent) {
    Frame& inner = *std::exchange(top, top->parent);
    std::memset(inner.holder, 0, sizeof(void*));
    drop_frame(inner);
  }
  drop_frame(*top);
}

void Strand::destroy_frames_for(const ActorFail& why) noexcept {
  const DropScope scope(why);
  destroy_frames();
}

}  // namespace troupe::detail
