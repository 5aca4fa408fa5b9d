// task/group.cpp: the life of a group: children begin, end, decide, and are cancelled.
#include <troupe/core/throw_later.hpp>
#include <troupe/task/group.hpp>

#include <algorithm>

namespace troupe::detail {
namespace {

// Children are dropped within their awaiter's end, so that they do not outlive what they were lent.
// Nested deeper than this they are put off to the outermost end, so that the stack is not used up.
constexpr int deepest_nested_drop = 200;

Slot& first_of(RingNode& ring) noexcept { return static_cast<Slot&>(ring.first()); }

}  // namespace

Core& core_here(std::string_view what) noexcept {
  Core* core = Core::current();
  if (!core) panic("awaited outside of any runtime's run()", what);
  return *core;
}

// Its owner is an actor, or what begins here is to end.
void Group::start_apart(Slot& slot, Strand& child) noexcept {
  if (box) child.bind(*box);
  if (stopping) slot.asked = child.is.stopping = true;
  Core& home = box ? box->core() : *core;
  if ((box && box->has_ended()) || kernel_of(home).is_ending()) [[unlikely]]
    return lose_unborn(slot);
  child.start(home);
  child.begin();
}

// Its actor ends, or the runtime.
void Group::lose_unborn(Slot& slot) noexcept {
  const ActorFail loss(Why::lost);
  {
    const DropScope scope(loss);
    let_frame_go(*std::exchange(slot.strand, nullptr)->top);
  }
  ended(slot, &loss, nullptr);
}

// Defined here, since a Group counts its children.
void child_returned(Slot& slot) noexcept { slot.group->returned(slot); }
// Defined here, since a Group counts its children.
void child_failed(Slot& slot, const std::exception_ptr& error) noexcept {
  slot.group->ended(slot, nullptr, &error);
}
// Defined here, since a Group counts its children.
void child_lost(Slot& slot, const ActorFail& why) noexcept {
  slot.group->ended(slot, &why, nullptr);
}

void Group::ended(Slot& slot, const ActorFail* loss, const std::exception_ptr* thrown) noexcept {
  ++refs;
  slot.leave();
  const bool ok = !loss && !thrown;
  const bool usual = ok && (rule == Rule::all || rule == Rule::scope);
  if (!usual) [[unlikely]] {
    if (!decided()) judge(slot, loss, thrown);
    if (forgotten && thrown) unheard(*thrown);
  }
  if (--left == 0) finish();
  if (slot.pooled) Pool::destroy(slot);
  release();
}

void Group::judge(Slot& slot, const ActorFail* loss, const std::exception_ptr* thrown) noexcept {
  const bool ok = !loss && !thrown;
  if (!ok && rule == Rule::any) {  // another child may still succeed
    if (outcome == Outcome::pending) note_failure(loss, thrown);
    return;
  }
  decider = slot.number;
  if (ok)
    outcome = Outcome::success;
  else
    note_failure(loss, thrown);
  cancel_rest(rule == Rule::race || rule == Rule::any);
}

void Group::note_failure(const ActorFail* loss, const std::exception_ptr* thrown) noexcept {
  outcome = loss ? Outcome::lost : Outcome::thrown;
  if (loss)
    why = *loss;
  else
    error = *thrown;
}

void Group::cancel_rest(bool last_turn) noexcept {
  while (!open.alone()) {
    Slot& slot = first_of(open);
    slot.move_to(dropped);
    drop(slot, last_turn);
  }
}

// What was answered before is delivered: `last_turn`.
void Group::drop(Slot& slot, bool last_turn) noexcept {
  if (!slot.strand) return;  // the child ends just now, and will say so
  Strand& s = *slot.strand;
  const ActorFail cancelled(Why::cancelled);
  if (last_turn && s.phase == Strand::Phase::waiting)
    s.drop_unless_answered(cancelled);
  else if (last_turn && s.phase == Strand::Phase::fresh && slot.tries)
    s.mark_dropped(Why::cancelled, Strand::Last::turn);
  else if (kernel_of(*core).tasks.dying >= deepest_nested_drop)
    TaskRef(s.root().head()).cancel();
  else
    s.drop_for(cancelled);
}

int Group::turns_ahead(Look look, int depth) noexcept {
  const bool is_sure = decided();  // those that are left have their last turns
  const bool one_is_enough = is_sure || rule == Rule::race || rule == Rule::any;
  int most = is_sure ? 1 : 0;
  for (RingNode* ring : {&open, &dropped})
    for (RingNode* at = &ring->first(); at != ring; at = &at->next()) {
      auto& slot = static_cast<Slot&>(*at);
      const int turns = !slot.strand ? 1 : slot.strand->turns_ahead(look, depth + 1, slot.tries);
      if (turns == 0 && !one_is_enough) return 0;
      most = std::max(most, turns);
    }
  return most;
}

void Group::children(std::vector<std::uint64_t>& ids) {
  for (RingNode* ring : {&open, &dropped})
    for (RingNode* at = &ring->first(); at != ring; at = &at->next())
      if (const auto& slot = static_cast<Slot&>(*at); slot.strand) ids.push_back(slot.strand->id);
}

void Group::finish() noexcept {
  if (outcome == Outcome::pending && rule != Rule::scope) outcome = Outcome::success;
  if (!waiter) return;
  if (outcome ==
      Outcome::pending) {  // in a scope: a child may still come before the waiter goes on
    told = true;
    return waiter.fire(*core);
  }
  const Wake w = std::exchange(waiter, {});
  if (outcome == Outcome::lost)
    w.lose(*core, why);
  else
    w.fire(*core);
}

void Group::wait_on() noexcept {
  told = false;
  waiter.take_back();
}

void Group::close() noexcept {
  if (outcome == Outcome::pending) outcome = Outcome::success;
  ++refs;  // a child's end may be the end of who holds this
  cancel_rest(false);
  release();
}

// Callbacks may end children, and whoever holds this group. A child that was asked moves to the end
// of the ring, so the first one that was asked before ends the loop.
void Group::request_stop() noexcept {
  if (std::exchange(stopping, true)) return;
  ++refs;
  while (!open.alone()) {
    Slot& slot = first_of(open);
    if (std::exchange(slot.asked, true)) break;
    slot.move_to(open);
    if (slot.strand) TaskRef(slot.strand->root().head()).request_stop();
  }
  release();
}

void Group::fail(const ActorFail& loss) noexcept {
  if (outcome != Outcome::pending) return;
  outcome = Outcome::lost;
  why = loss;
  ++refs;
  cancel_rest(false);
  if (left == 0) finish();  // whoever was told that all is well
  release();
}

void Group::lose_joins() noexcept {
  if (std::exchange(told, false)) waiter = {};  // it goes on
  if (outcome == Outcome::pending || outcome == Outcome::success) {
    outcome = Outcome::lost;
    why = object_gone();
  }
  finish();
}

void Group::leave() noexcept {
  waiter = {};
  forgotten = true;
  if (!decided())
    outcome = Outcome::success;
  else if (outcome == Outcome::thrown && !told_failure) [[unlikely]]
    unheard(error);
  while (!dropped.alone()) first_of(dropped).move_to(open);  // no last turn for them any more
  cancel_rest(false);
  release();
}

void Group::forget() noexcept {
  waiter = {};
  if (outcome == Outcome::thrown && !told_failure) [[unlikely]]
    unheard(error);
  forgotten = true;
  release();
}

ActorFail Group::failure() noexcept {
  told_failure = true;
  if (outcome == Outcome::thrown) return fail_of(error);
  return outcome == Outcome::lost
             ? why
             : ActorFail(Why::ended);  // resumed before that was known, at the runtime's end
}

// A child threw, and whoever waited for it has gone.
void Group::unheard(const std::exception_ptr& what) noexcept {
  detail::unheard(*core, what,
                  rule == Rule::scope ? "a child of a Scope" : "a child whose awaiter has gone");
}

}  // namespace troupe::detail
