// task/wake.cpp: resuming coroutines of foreign types, as items of the queue.
#include <troupe/task/wake.hpp>

#include <troupe/base/panic.hpp>
#include <troupe/core/log.hpp>

namespace troupe::detail {

void HandleWaiter::fire(Core& core) noexcept {
  if (record_) return;
  Access::main(core).push<sizeof(Record)>([this](void* p) { record_ = ::new (p) Record{&Record::run, this}; },
                                          [&] { lose_at_the_end(core); });
}

void HandleWaiter::lose_at_the_end(Core& core) noexcept {
  if (Access::main(core).refusal() != Why::ended) panic("no memory to resume a foreign coroutine", "HandleWaiter");
  void* cell = Access::ended(core) ? nullptr : Access::take(core, sizeof(Lost));
  if (!cell) return;
  TaskLists& lists = Access::tasks(core);
  auto* lost = ::new (cell) Lost{static_cast<Lost*>(lists.lost), {&Record::run, this}};
  lists.lost = lost;
  record_ = &lost->record;
  Strand::plug(core);
}

void HandleWaiter::resume_lost(Core& core, bool resume) noexcept {
  auto* first = static_cast<Lost*>(std::exchange(Access::tasks(core).lost, nullptr));
  while (Lost* lost = first) {
    first = lost->next;
    HandleWaiter* w = lost->record.waiter;
    Access::give(lost, sizeof(Lost));
    if (!w) continue;
    w->record_ = nullptr;
    if (!resume) continue;
    TROUPE_TRY { w->handle_.resume(); }
    TROUPE_CATCH_ALL {
      const Error why(std::current_exception());
      error(core, "a coroutine of a foreign type threw as the runtime ended", kv("error", why.text()));
    }
  }
}

std::byte* HandleWaiter::Record::run(Core* core, std::byte* at) {
  if (HandleWaiter* w = reinterpret_cast<Record*>(at)->waiter) {
    w->record_ = nullptr;
    if (core) {
      Access::running(*core)->resume_at(at + sizeof(Record));
      w->handle_.resume();  // what it throws passes through run()
      Access::leave_late(*core);
    }
  }
  return at + sizeof(Record);
}

}  // namespace troupe::detail
