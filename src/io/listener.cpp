// io/listener.cpp: waiting for connections, for all plugs alike.
#include <troupe/io/listener.hpp>

#include <utility>

namespace troupe {

namespace {
bool has_come(const ConnectionResult& result) noexcept {
  return result || result.error() != IoError::would_block;
}
}  // namespace

bool ListenerPlug::take(detail::Arrival& a) noexcept {
  if (is_over_)
    a.result = std::unexpected(unclaimed_.error());
  else if (has_come(unclaimed_))
    a.result = std::exchange(unclaimed_, std::unexpected(IoError(IoError::would_block)));
  else
    a.result = try_accept();
  return has_come(a.result);
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

// Claimed, or its task was dropped: then what came for it, a connection or an error, is kept for
// the next.
void ListenerPlug::forget(detail::Arrival& a) noexcept {
  waiting_ = nullptr;
  if (has_come(a.result) && !is_over_) unclaimed_ = std::move(a.result);
}

// A second one dies: of two accepts at once, which had not to wait.
void ListenerPlug::put_back(Connection&& connection) noexcept {
  if (waiting_ && waiting_->is_waiting()) {
    waiting_->result = std::move(connection);
    waiting_->fire(core_);
  } else if (!has_come(unclaimed_)) {
    unclaimed_ = std::move(connection);
  }
}

void ListenerPlug::abandon(IoError why) noexcept {
  is_over_ = true;
  if (unclaimed_ && resets_unclaimed_) unclaimed_->reset();
  unclaimed_ = std::unexpected(why);
  if (!waiting_ || !waiting_->is_waiting()) return;
  waiting_->result = std::unexpected(why);
  waiting_->fire(core_);
}

void ListenerPlug::release() noexcept {
  abandon(IoError(IoError::closed));
  if (waiting_) waiting_->known = false;
  waiting_ = nullptr;
  detail::let_go(stored_);
  end();
}

}  // namespace troupe
