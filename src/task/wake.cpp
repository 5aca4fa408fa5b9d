// task/wake.cpp: resuming coroutines of foreign types, as items of the queue.
#include <troupe/task/wake.hpp>

#include <troupe/base/panic.hpp>

namespace troupe::detail {

void HandleWaiter::fire(Core& core) noexcept {
  if (record_) return;
  Access::main(core).push<sizeof(Record)>([this](void* p) { record_ = ::new (p) Record{&Record::run, this}; },
                                          [&] {
                                            if (Access::main(core).refusal() != Why::ended)
                                              panic("no memory to resume a foreign coroutine", "HandleWaiter");
                                          });
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
