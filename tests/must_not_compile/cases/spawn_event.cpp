// must_not_compile/spawn_event.cpp: what waits at an object, spawned: the object may die first.
// expect: this_awaitable_borrows_its_object_await_it_where_it_is_made
#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> wait_for(std::unique_ptr<Event> event) { co_await event->wait(); }

void use(Core& core, std::unique_ptr<Event> event) {
#ifdef FIXED
  spawn(core, wait_for(std::move(event)));
#else
  spawn(core, event->wait());
#endif
}
