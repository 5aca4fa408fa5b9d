// task/strand_park.cpp: tasks that foreign code holds on to: how they are dropped, parked, and let
// go.
#include <cstdio>
#include <thread>
#include <troupe/task/kept_fail.hpp>
#include <troupe/task/strand.hpp>

namespace troupe::detail {
namespace {

constexpr Duration poll_pause =
    std::chrono::milliseconds(1);  // between looks at the inbox, at the end of a runtime

}  // namespace

void Strand::drop_foreign(const ActorFail& why) noexcept {
  ForeignState& p = foreign();
  const auto fired = [&] { return p.fired.load(std::memory_order_acquire); };
  bool free = false;
  if (fired() == p.no) {
    is.asking = true;
    free = p.ops->cancel(p);
    is.asking = false;
  }
  std::uint8_t not_fired = p.no;
  if (p.arrived &&
      fired() == p.resumed) {  // its wake is in our queue, or was when that was discarded
    p.ops->discard(p.awaiter);
    conclude(&why);
  } else if (p.arrived && fired() == p.lost) {  // it let go at once
    conclude(&why);
  } else if (free && p.fired.compare_exchange_strong(not_fired, p.over)) {
    conclude(&why);
  } else {
    park(why);  // it lets go later, or its wake is in the inbox
  }
}

void Strand::park(const ActorFail& why) noexcept {
  unlink();
  phase = Phase::parked;
  link(kernel_of(*core).tasks.parked);
  if (box) box->has_parked = true;
  is.dropped = false;
  lost_why() = keep_fail(*core, why);
  typed().disown(this, why);
}

void Strand::conclude_parked() noexcept {
  const ActorFail why = *lost_why();
  drop_kept_fail(lost_why());
  conclude(&why);
}

// Foreign code on another thread may still let go; what it does not is left to it, for ever.
void Strand::end_parked(Core& core, Duration wait) noexcept {
  const TaskLists& lists = kernel_of(core).tasks;
  const Instant until = later(Clock::now(), wait);
  while (lists.parked && (kernel_of(core).inbox->poll() || Clock::now() < until))
    std::this_thread::sleep_for(poll_pause);
  for (const OwnedTask* t = lists.parked; t; t = t->next) {
    const auto& s = *static_cast<const Strand*>(t);
    const CodePlace at(s.top->where);
    std::fprintf(stderr,
                 "troupe: a task was dropped in %.*s (%.*s:%u), and foreign code never let go: it "
                 "is leaked\n",
                 static_cast<int>(at.function().size()), at.function().data(),
                 static_cast<int>(at.file().size()), at.file().data(),
                 static_cast<unsigned>(at.line()));
  }
}

void Strand::foreign_event(bool resumed) noexcept {
  foreign().arrived = true;
  if (phase == Phase::parked && resumed) {
    wake_rare();
  } else if (phase != Phase::parked && (resumed || foreign().goes_on)) [[likely]] {
    wake();
  } else {
    foreign_loss();
  }
}

void Strand::foreign_loss() noexcept {
  if (phase == Phase::running || is.asking) {
    if (!is.dropped) mark_dropped(Why::lost, Last::cut);
  } else if (phase == Phase::parked) {
    conclude_parked();
  } else {  // at once: what it names may be about to go
    const ActorFail why(Why::lost);
    const Dying dying(*core);
    if (stop_first()) conclude(&why);
  }
}

}  // namespace troupe::detail
