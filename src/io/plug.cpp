// io/plug.cpp: waiting for a connection to be readable or writable, for all plugs alike.
#include <troupe/io/plug.hpp>

#include <algorithm>
#include <cstring>

namespace troupe {

// Whether an operation that is done may be told at once.
bool ConnectionPlug::is_fair(std::uint8_t& streak, detail::Transfer& t) noexcept {
  if (++streak <= at_once) [[likely]]
    return true;
  streak = 0;
  t.deferred = true;
  return false;
}

// ---- reading
bool ConnectionPlug::take(detail::Transfer& t) noexcept {
  if (lost_bytes_) [[unlikely]] {
    t.result = std::unexpected(IoError(IoError::no_memory));
  } else if (!put_back_.empty()) [[unlikely]] {
    const std::size_t n = std::min(t.size, put_back_.size());
    std::memcpy(t.data, put_back_.data(), n);
    put_back_.erase(put_back_.begin(), put_back_.begin() + static_cast<std::ptrdiff_t>(n));
    t.result = n;
  } else {
    t.result = try_read({t.data, t.size});
  }
  return t.result || t.result.error() != IoError::would_block;
}

bool ConnectionPlug::begin_read(detail::Transfer& t) noexcept {
  if (reader_) panic("a second read began while one was waiting", "Connection::read_some");
  if (t.size == 0) return true;
  if (!take(t)) return false;
  if (is_fair(reads_, t)) [[likely]]
    return true;
  t.known = true;  // already: its task may be dropped before it waits
  reader_ = &t;
  return false;
}

void ConnectionPlug::wait_read(detail::Transfer& t, Wake wake) noexcept {
  t.IoWait::wait(wake);
  t.known = true;
  reader_ = &t;
  if (t.deferred) return t.fire(core_);
  reads_ = 0;
  if (std::exchange(watches_read_, true)) return;
  watch_read();
}

void ConnectionPlug::readable() noexcept {
  watches_read_ = false;
  if (!reader_ || !reader_->is_waiting()) return;  // whoever waited was dropped
  if (take(*reader_)) {
    reader_->fire(core_);
  } else {
    watches_read_ = true;
    watch_read();
  }
}

// Claimed (its size is 0 then), or its task was dropped; the memory that it names is still there.
void ConnectionPlug::forget_read(detail::Transfer& t) noexcept {
  reader_ = nullptr;
  if (!t.is_waiting() && t.size != 0 && t.result && *t.result != 0) put_back({t.data, *t.result});
}

void ConnectionPlug::put_back(std::span<const std::byte> bytes) noexcept {
  TROUPE_TRY { put_back_.insert(put_back_.end(), bytes.begin(), bytes.end()); }
  TROUPE_CATCH_ALL { lost_bytes_ = true; }
}

// ---- writing
bool ConnectionPlug::push_on(detail::Transfer& t) noexcept {
  std::size_t sent = *t.result;
  while (sent != t.size) {
    const IoResult r = try_write({t.data + sent, t.size - sent});
    if (!r) {
      if (r.error() == IoError::would_block) return t.result = sent, false;
      return t.result = r, true;
    }
    sent += *r;
  }
  t.result = sent;
  return true;
}

bool ConnectionPlug::begin_write(detail::Transfer& t) noexcept {
  if (writer_) panic("a second write began while one was waiting", "Connection::write");
  if (write_ended_) [[unlikely]] {
    t.result = std::unexpected(IoError(IoError::closed));
    return true;
  }
  return push_on(t) && is_fair(writes_, t);
}

void ConnectionPlug::wait_write(detail::Transfer& t, Wake wake) noexcept {
  t.IoWait::wait(wake);
  t.known = true;
  writer_ = &t;
  if (t.deferred) return t.fire(core_);
  writes_ = 0;
  if (std::exchange(watches_write_, true)) return;
  watch_write();
}

void ConnectionPlug::writable() noexcept {
  watches_write_ = false;
  if (!writer_ || !writer_->is_waiting()) return;
  if (push_on(*writer_)) {
    writer_->fire(core_);
  } else {
    watches_write_ = true;
    watch_write();
  }
}

void ConnectionPlug::forget_write(detail::Transfer&) noexcept { writer_ = nullptr; }

void ConnectionPlug::shut_write() noexcept {
  if (std::exchange(write_ended_, true)) return;
  if (writer_ && writer_->is_waiting()) {
    writer_->result = std::unexpected(IoError(IoError::closed));
    writer_->fire(core_);
  }
  end_write();
}

// ---- the end
void ConnectionPlug::abandon(IoError why) noexcept {
  write_ended_ = true;
  for (detail::Transfer* t : {reader_, writer_}) {
    if (!t || !t->is_waiting()) continue;
    t->result = std::unexpected(why);
    t->fire(core_);
  }
}

void ConnectionPlug::release(bool reset) noexcept {
  abandon(IoError(IoError::closed));
  if (reader_) reader_->known = false;
  if (writer_) writer_->known = false;
  reader_ = writer_ = nullptr;
  end(reset);
}

}  // namespace troupe
