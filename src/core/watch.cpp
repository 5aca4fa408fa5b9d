// core/watch.cpp: watching an actor, and no longer.
#include <troupe/core/watch.hpp>

#include <troupe/core/notice.hpp>

namespace troupe {

WatchKey watch(const detail::ActorRef& actor, Ret<StopCause> ret) {
  if (actor.is_zombie())
    ret(StopCause(StopCause::lost));
  else if (!ret.take_nop())
    return WatchKey(detail::add_watch(*detail::box_of(actor), std::move(ret)));
  return {};
}

bool unwatch(const detail::ActorRef& actor, WatchKey key) noexcept {
  return actor && key.number_ != 0 && detail::end_watch(*detail::box_of(actor), key.number_);
}

}  // namespace troupe
