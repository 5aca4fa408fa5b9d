// core/kernel.cpp: the beginning and the end of a kernel, and its rests between two runs.
#include <troupe/core/feed.hpp>
#include <troupe/core/kernel.hpp>

#include "extras.hpp"

namespace troupe::detail {

Kernel::Kernel(Core& c, Instant at, void (*free)(Core&) noexcept)
    : pool(c), now(at), timers(at), start(at), inbox(new Inbox), core(c), free_core(free) {}

Kernel::Asker::Asker(Kernel& k) noexcept
    : TurnAsker([](TurnAsker& self) noexcept { static_cast<Asker&>(self).kernel.ask_host(); }),
      kernel(k) {}

Kernel::~Kernel() {
  delete extras;
  inbox->release();
}

void Kernel::rest() noexcept {
  if (!hosted || resting || main.is_closed()) return;
  resting = true;
  main.rest(asker);
  lazy.rest(asker);
  idle.rest(asker);
  timers.rest(asker);
}

void Kernel::rouse() noexcept {
  if (!resting) return;
  resting = false;
  main.rouse();
  lazy.rouse();
  idle.rouse();
  timers.rouse();
}

void Kernel::ask_host() noexcept {
  rouse();
  inbox->ring();
}

void Kernel::let_host_sleep() noexcept {
  if (inbox->rest() && inbox->pending() && hosted) inbox->ring();
  if (!feed || feed->has_more() || !main.empty() || !lazy.empty()) return;
  feed->rest();
  if (feed->has_news()) feed->wake_host();
}

Extras& Kernel::make_extras() {
  if (!extras) extras = new Extras;
  return *extras;
}

}  // namespace troupe::detail
