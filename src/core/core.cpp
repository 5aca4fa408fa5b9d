// core/core.cpp: the cold parts of the core.
#include <troupe/core/core.hpp>

#include <troupe/core/life.hpp>

#include "extras.hpp"

namespace troupe {

Core::Core(Instant now) : now_(now), timers_(now), start_(now), inbox_(new detail::Inbox) {}

Core::~Core() {
  delete extras_;
  delete inbox_;
}

void Core::shutdown(StopCause cause) noexcept {
  shutdown_ = std::move(cause);
  ask_for_turn();
}

// A host that was asked for a turn while the shutdown was pending took none: so it is asked in any case.
std::optional<StopCause> Core::shutdown_reason() noexcept {
  std::optional<StopCause> cause = std::exchange(shutdown_, std::nullopt);
  if (cause && hosted_ && !running_) ask_host();
  return cause;
}

void Core::rest() noexcept {
  if (!hosted_ || resting_ || main_.is_closed()) return;
  resting_ = true;
  main_.rest(this);
  lazy_.rest(this);
  idle_.rest(this);
  timers_.rest(this);
}

void Core::rouse() noexcept {
  if (!resting_) return;
  resting_ = false;
  main_.rouse();
  lazy_.rouse();
  idle_.rouse();
  timers_.rouse();
}

void Core::ask_host() noexcept {
  rouse();
  inbox_->ring();
}

Core::Extras& Core::extras() {
  if (!extras_) extras_ = new Extras;
  return *extras_;
}

// ---- the environment: a short list, searched by the address of a variable of each type
void Core::anymap_put(const void* type, void* value, void (*destroy)(void*) noexcept) {
  auto* entry = new Any{environment_, type, value, destroy};
  environment_ = entry;
  for (Any** at = &entry->next; *at; at = &(*at)->next)
    if ((*at)->type == type) {
      Any* old = *at;
      *at = old->next;
      old->destroy(old->value);
      delete old;
      break;
    }
}

void* Core::anymap_find(const void* type) const noexcept {
  for (Any* a = environment_; a; a = a->next)
    if (a->type == type) return a->value;
  return nullptr;
}

bool Core::anymap_drop(const void* type) noexcept {
  for (Any** at = &environment_; *at; at = &(*at)->next)
    if ((*at)->type == type) {
      Any* old = *at;
      *at = old->next;
      old->destroy(old->value);
      delete old;
      return true;
    }
  return false;
}

void Core::anymap_clear() noexcept {
  while (environment_) anymap_drop(environment_->type);
}

}  // namespace troupe
