// task/handle_waiter.cpp: resuming coroutines of foreign types, as items of the queue.
#include <troupe/task/handle_waiter.hpp>

#include <troupe/base/panic.hpp>
#include <troupe/core/life.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/task/strand.hpp>

namespace troupe::detail {

// In a list of the core, so that its end finds who waits. Without memory for it, that one is not
// found.
struct ForeignWait : Linked<ForeignWait> {
  explicit ForeignWait(HandleWaiter* w) noexcept : waiter(w) {}
  static ForeignWait* of(const HandleWaiter& w) noexcept {
    return reinterpret_cast<ForeignWait*>(w.known_ - 1);
  }
  HandleWaiter* waiter;
};

void HandleWaiter::wait() noexcept {
  Core* core = Core::current();
  if (!core || kernel_of(*core).ended) return;
  auto* known = kernel_of(*core).pool.try_make<ForeignWait>(this);
  if (!known) return;
  known->link(kernel_of(*core).tasks.awaiting);
  known_ = reinterpret_cast<std::uintptr_t>(known) | 1u;
  kernel_of(*core).tasks.resume_lost = &HandleWaiter::resume_lost;
}

void HandleWaiter::forget() noexcept {
  if (waits()) {
    ForeignWait* known = ForeignWait::of(*this);
    known->unlink();
    Pool::destroy(*known);
  } else if (known_) {
    reinterpret_cast<Record*>(known_)->waiter = nullptr;
  }
  known_ = 0;
}

// A cancel in its turn waits for the end of that: the frames that go may hold the very coroutine
// that runs.
void HandleWaiter::resume() {
  forget();
  const Dying dying(*Core::current());
  handle_.resume();
}

void HandleWaiter::fire(Core& core) noexcept {
  if (has_fired()) return;
  forget();
  kernel_here(core).main.push<sizeof(Record)>(
      [this](void* p) { set_record(::new (p) Record{&Record::run, this}); },
      [&] { lose_at_the_end(core); });
}

void HandleWaiter::lose_at_the_end(Core& core) noexcept {
  if (kernel_here(core).main.refusal() != Why::ended)
    panic("no memory to resume a foreign coroutine", "HandleWaiter");
  if (kernel_of(core).ended) return;
  TaskLists& lists = kernel_of(core).tasks;
  auto* lost = kernel_of(core).pool.try_make<Lost>(static_cast<Lost*>(lists.lost),
                                                   Record{&Record::run, this});
  if (!lost) return;
  lists.lost = lost;
  set_record(&lost->record);
  lists.resume_lost = &HandleWaiter::resume_lost;
}

void HandleWaiter::resume_at_the_end(Core& core) noexcept {
  TROUPE_TRY { resume(); }
  TROUPE_CATCH_ALL {
    unheard(core, std::current_exception(), "a coroutine of a foreign type, at the end");
  }
}

void HandleWaiter::resume_lost(Core& core, bool resume) noexcept {
  TaskLists& lists = kernel_of(core).tasks;
  const bool was_lost = lists.lost;
  auto* first = static_cast<Lost*>(std::exchange(lists.lost, nullptr));
  while (Lost* lost = first) {
    first = lost->next;
    HandleWaiter* w = lost->record.waiter;
    Pool::destroy(*lost);
    if (!w) continue;
    w->known_ = 0;
    if (resume) w->resume_at_the_end(core);
  }
  if (resume && was_lost) return;  // these may yet bring what the others wait for
  lists.losing = std::exchange(lists.awaiting, nullptr);  // not those that begin to wait meanwhile
  if (lists.losing) lists.losing->place = &lists.losing;
  while (lists.losing) {
    HandleWaiter& w = *lists.losing->waiter;
    resume ? w.resume_at_the_end(core) : w.forget();
  }
}

std::byte* HandleWaiter::Record::run(Core* core, std::byte* at) {
  HandleWaiter* w = reinterpret_cast<Record*>(at)->waiter;
  if (!w) return at + sizeof(Record);
  w->known_ = 0;
  if (core) {
    TROUPE_TRY { w->resume(); }
    TROUPE_CATCH_ALL {  // it passes through run()
      CallQueue::consumed(at + sizeof(Record));
      TROUPE_RETHROW;
    }
    end_late_stop(kernel_of(*core));
  } else if (Core* ending = Core::current(); ending && kernel_of(*ending).is_ending()) {
    w->lose_at_the_end(*ending);
  }
  return at + sizeof(Record);
}

}  // namespace troupe::detail
