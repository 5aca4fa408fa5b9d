// io/plug.cpp: waiting for a connection to be readable or writable, for all plugs alike.
#include <troupe/io/plug.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace troupe {

// Whether an operation that is done may be told at once.
bool ConnectionPlug::is_fair(std::uint8_t& streak, detail::Transfer& t) noexcept {
  if (++streak <= at_once) [[likely]]
    return true;
  streak = 0;
  t.deferred = true;
  return false;
}

// ---- what the system tells once
namespace {
bool is_final(IoError why) noexcept {
  return why != IoError::would_block && why != IoError::no_memory;
}
}  // namespace

// No read gets anything any more; an error that came first stays.
void ConnectionPlug::fail_input(IoError why) noexcept {
  if (input_ == Input::ended || input_ == Input::failed) return;
  input_ = Input::failed;
  read_error_ = why;
}

void ConnectionPlug::fail_output(IoError why) noexcept {
  if (std::exchange(write_ended_, true)) return;
  write_error_ = why;
}

// ---- reading
bool ConnectionPlug::take(detail::Transfer& t) noexcept {
  if (input_ != Input::open || !put_back_.empty()) [[unlikely]]
    return take_specially(t);
  from_put_back_ = false;
  t.result = try_read({t.data, t.size});
  if (t.result && *t.result != 0) [[likely]]
    return true;
  return heard_in_read(t);
}

// No bytes: an end or an error that stays, or nothing yet.
bool ConnectionPlug::heard_in_read(detail::Transfer& t) noexcept {
  if (t.result) {
    input_ = Input::ended;
  } else if (is_final(t.result.error())) {
    fail_input(t.result.error());
    fail_output(t.result.error());
  }
  return t.result || t.result.error() != IoError::would_block;
}

bool ConnectionPlug::take_specially(detail::Transfer& t) noexcept {
  from_put_back_ = !put_back_.empty();
  if (from_put_back_) {
    t.result = put_back_.take({t.data, t.size});
    return true;
  }
  if (input_ == Input::rest) {
    t.result = try_read({t.data, t.size});
    if (t.result ? *t.result != 0 : t.result.error() == IoError::no_memory) return true;
    input_ = t.result && clean_end_ ? Input::ended : Input::failed;
  }
  if (input_ == Input::ended)
    t.result = std::size_t{0};
  else
    t.result = std::unexpected(read_error_);
  return true;
}

bool ConnectionPlug::begin_read(detail::Transfer& t) noexcept {
  if (reader_) panic("a second read began while one was waiting", "Connection::read_some");
  if (t.size == 0) return true;
  if (!take(t)) return false;
  if (is_fair(reads_, t)) [[likely]] {
    put_back_.trim();
    return true;
  }
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
  if (t.size == 0) return put_back_.trim();
  if (t.is_waiting() || !t.result || *t.result == 0) return;
  if (from_put_back_)
    put_back_.take_back(*t.result);
  else
    put_back({t.data, *t.result});
}

// Where there is no memory for them they are lost, which no read may pass over.
void ConnectionPlug::put_back(std::span<const std::byte> bytes) noexcept {
  if (!put_back_.put(bytes)) fail_input(IoError(IoError::no_memory));
  if (!reader_ || !reader_->is_waiting()) return;
  (void)take(*reader_);
  reader_->fire(core_);
}

// ---- writing
bool ConnectionPlug::push_on(detail::Transfer& t) noexcept {
  if (write_ended_) [[unlikely]] {
    t.result = std::unexpected(write_error_);
    return true;
  }
  std::size_t sent = *t.result;
  while (sent != t.size) {
    const IoResult r = try_write({t.data + sent, t.size - sent});
    if (!r) {
      if (r.error() == IoError::would_block) return t.result = sent, false;
      if (is_final(r.error())) {
        fail_output(r.error());
        if (input_ == Input::open) input_ = Input::rest, read_error_ = r.error();
      }
      return t.result = r, true;
    }
    sent += *r;
  }
  t.result = sent;
  return true;
}

bool ConnectionPlug::begin_write(detail::Transfer& t) noexcept {
  if (writer_) panic("a second write began while one was waiting", "Connection::write");
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
  fail_input(why);
  fail_output(why);
  for (detail::Transfer* t : {reader_, writer_}) {
    if (!t || !t->is_waiting()) continue;
    t->result = std::unexpected(why);
    t->fire(core_);
  }
}

void ConnectionPlug::release(bool reset) noexcept {
  const bool is_unread = !put_back_.empty();
  abandon(IoError(IoError::closed));
  if (reader_) reader_->known = false;
  if (writer_) writer_->known = false;
  reader_ = writer_ = nullptr;
  detail::let_go(stored_);
  end(reset || is_unread);
}

}  // namespace troupe
