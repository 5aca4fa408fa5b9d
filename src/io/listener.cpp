// io/listener.cpp: waiting for connections, for all plugs alike.
#include <troupe/io/listener.hpp>

namespace troupe {

bool ListenerPlug::take(detail::Arrival& a) noexcept {
  if (unclaimed_)
    a.result = std::move(unclaimed_);
  else
    a.result = try_accept();
  return a.result || a.result.error() != IoError::would_block;
}

bool ListenerPlug::begin(detail::Arrival& a) noexcept {
  if (waiting_) panic("a second accept began while one was waiting", "Listener::accept");
  if (!take(a)) return false;
  if (++streak_ <= at_once) [[likely]]
    return true;
  streak_ = 0;
  a.deferred = a.known = true;  // known already: its task may be dropped before it waits
  waiting_ = &a;
  return false;
}

void ListenerPlug::wait(detail::Arrival& a, Wake wake) noexcept {
  a.IoWait::wait(wake);
  a.known = true;
  waiting_ = &a;
  if (a.deferred) return a.fire(core_);
  streak_ = 0;
  if (std::exchange(watches_, true)) return;
  watch();
}

void ListenerPlug::acceptable() noexcept {
  watches_ = false;
  if (!waiting_ || !waiting_->is_waiting()) return;
  if (take(*waiting_)) {
    waiting_->fire(core_);
  } else {
    watches_ = true;
    watch();
  }
}

// Claimed, or its task was dropped: then what came for it is kept for the next.
void ListenerPlug::forget(detail::Arrival& a) noexcept {
  waiting_ = nullptr;
  if (a.result) unclaimed_ = std::move(*a.result);
}

void ListenerPlug::abandon(IoError why) noexcept {
  unclaimed_.close();
  if (!waiting_ || !waiting_->is_waiting()) return;
  waiting_->result = std::unexpected(why);
  waiting_->fire(core_);
}

void ListenerPlug::release() noexcept {
  abandon(IoError(IoError::closed));
  if (waiting_) waiting_->known = false;
  waiting_ = nullptr;
  end();
}

}  // namespace troupe
