// io/connection.hpp: a stream of bytes in both directions, whatever carries it.
//
// Programs are written against this handle and run over TCP (room loop) or in memory and virtual
// time (io/memory_network.hpp). Whatever can be done at once is done without suspending: a task
// that never has to wait never goes through the queue.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <troupe/core/mistake.hpp>
#include <troupe/io/plug.hpp>
#include <troupe/task/origin.hpp>
#include <utility>

namespace troupe {

namespace detail {
class ReadOrigin : public Origin {
 public:
  ReadOrigin() noexcept = default;
  ReadOrigin(ConnectionPlug& plug, const std::byte* room) noexcept
      : link_(plug, plug.stored()), room_(room) {}
  template <class X> void put_back(X& got) noexcept {
    const std::size_t* n = detail::find_item<std::size_t>(got);
    if (ConnectionPlug* plug = n && *n != 0 ? link_.get() : nullptr) plug->put_back({room_, *n});
  }

 private:
  ObjectLink<ConnectionPlug> link_;
  const std::byte* room_ = nullptr;  // of the awaiting coroutine, which outlives the wait
};
}  // namespace detail

/// What `Connection::read_some` returns. Awaited once; may be moved before that, and gives `closed`
/// when its connection has gone by then.
class [[nodiscard("does nothing until it is awaited")]] ReadSome {
 public:
  using troupe_not_storable = void;
  static constexpr Mode mode = Mode::reply;
  static constexpr const char* what = "bytes to read";
  static constexpr bool must_be_read = true;
  ReadSome(ConnectionPlug* plug, std::span<std::byte> room) noexcept
      : plug_(plug), t_(room.data(), room.size()) {}
  ReadSome(ReadSome&& other) noexcept : plug_(other.plug_), t_(std::move(other.t_)) {
    if (plug_)
      place_.move_from(other.place_,
                       [this]() noexcept -> detail::RingLink& { return plug_->stored(); });
  }
  ~ReadSome() {
    if (t_.known) plug_->forget_read(t_);
  }
  bool await_ready() noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (plug_ && !place_.object_has_gone()) return plug_->begin_read(t_);
    t_.result = std::unexpected(IoError(IoError::closed));
    return true;
  }
  void wait(Wake w) noexcept { plug_->wait_read(t_, w); }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    plug_->wait_read(t_, t_.IoWait::wait(h));
  }
  [[nodiscard]] IoResult await_resume() noexcept {
    if (std::exchange(t_.known, false)) {
      t_.size = 0, plug_->forget_read(t_);
      if (t_.was_missed()) t_.result = std::unexpected(IoError(IoError::closed));
    }
    return t_.result;
  }

 private:
  friend struct detail::AsksOrigin;
  auto origin() const noexcept {
    return plug_ && !place_.object_has_gone() ? detail::ReadOrigin(*plug_, t_.data)
                                              : detail::ReadOrigin();
  }
  ConnectionPlug* plug_;
  detail::StoredPlace place_;
  detail::Transfer t_;
};

/// What `Connection::write` returns. Awaited once; may be moved before that, and gives `closed`
/// when its connection has gone by then.
class [[nodiscard("does nothing until it is awaited")]] WriteAll {
 public:
  using troupe_not_storable = void;
  static constexpr Mode mode = Mode::reply;
  static constexpr const char* what = "room to write";
  static constexpr bool must_be_read = true;
  WriteAll(ConnectionPlug* plug, std::span<const std::byte> bytes) noexcept
      : plug_(plug), t_(const_cast<std::byte*>(bytes.data()), bytes.size()) {}
  WriteAll(WriteAll&& other) noexcept : plug_(other.plug_), t_(std::move(other.t_)) {
    if (plug_)
      place_.move_from(other.place_,
                       [this]() noexcept -> detail::RingLink& { return plug_->stored(); });
  }
  ~WriteAll() {
    if (t_.known) plug_->forget_write(t_);
  }
  bool await_ready() noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (plug_ && !place_.object_has_gone()) return plug_->begin_write(t_);
    t_.result = std::unexpected(IoError(IoError::closed));
    return true;
  }
  void wait(Wake w) noexcept { plug_->wait_write(t_, w); }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    plug_->wait_write(t_, t_.IoWait::wait(h));
  }
  [[nodiscard]] IoResult await_resume() noexcept {
    if (std::exchange(t_.known, false)) {
      plug_->forget_write(t_);
      if (t_.was_missed()) t_.result = std::unexpected(IoError(IoError::closed));
    }
    return t_.result;
  }

 private:
  ConnectionPlug* plug_;
  detail::StoredPlace place_;
  detail::Transfer t_;
};

/// What `close` returns: done already, so that it may be awaited or not.
class Closed {
 public:
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void wait(Wake) const noexcept {}
  void await_resume() const noexcept {}
  static constexpr Mode mode = Mode::reply;
};

/// One end of a stream of bytes. Move-only, 8 bytes; destroyed or moved onto, it closes. Errors are
/// values; Clang warns of one that nobody looks at. One read and one write may wait at a time, of
/// the same task or of two; a second one ends the process. An empty handle (moved from, closed) is
/// no connection: its operations give `closed`. Belongs to the runtime of its loop and to that
/// thread; it may outlive both, and is closed then.
///
/// What spans refer to lives until the awaitable has given its result or the waiting task was
/// dropped; a local of the task or a member of its actor does. A task may be dropped at any moment:
/// no plug refers to its memory afterwards.
class Connection {
 public:
  Connection() noexcept = default;
  explicit Connection(ConnectionPlug* plug) noexcept : plug_(plug) {}
  Connection(Connection&& other) noexcept : plug_(std::exchange(other.plug_, nullptr)) {}
  Connection& operator=(Connection&& other) noexcept {
    Connection old(std::move(*this));
    plug_ = std::exchange(other.plug_, nullptr);
    return *this;
  }
  ~Connection() { close(); }

  /// `co_await c.read_some(room)` gives an `IoResult`: how many bytes came, at least 1; 0 is the
  /// end of the stream (the other end has said that it writes no more), and what an empty `room`
  /// gives. Resumes as soon as anything is there. A task that is dropped while it waits changes
  /// nothing: the next read gets its bytes, in their place, or its error; nor does one that awaits
  /// this as a child of race() or its like, and is dropped before it goes on. An error other than
  /// `no_memory` is that of the connection: every read, as soon as nothing is left to be read, and
  /// every write gives it from then on, whoever heard it first. Cost: a call of the system when
  /// bytes are there; no allocation.
  ReadSome read_some(std::span<std::byte> room) noexcept { return ReadSome(plug_, room); }
  /// `co_await c.write(bytes)` gives the size of `bytes` when the system has taken all of them,
  /// which says nothing of the other end. A task that is dropped while it waits has sent an unknown
  /// part: all that is left to do with the connection is to close it.
  WriteAll write(std::span<const std::byte> bytes) noexcept { return WriteAll(plug_, bytes); }
  /// Writes the characters of a text, as `write(bytes)` does: a literal without its final zero, an
  /// array of `char` up to its first zero, a `std::string` as it is, zeros included. The text is
  /// not copied: it lives, and stays as it is, until the awaitable has given its result or has
  /// gone. So a `std::string` that has no name is refused.
  WriteAll write(std::string_view text) noexcept { return write(std::as_bytes(std::span(text))); }
  template <
      class S,
      class Mistake = detail::the_text_must_live_until_it_is_written_keep_the_string_in_a_variable>
    requires std::same_as<std::remove_cv_t<S>, std::string>
  detail::Refused write(S&&) = delete;  // see Mistake
  /// Says that nothing more will be written; the other end reads the end of the stream behind what
  /// was sent. Reading goes on. A write that waits ends with `closed`, and so does every later one.
  void shutdown_write() noexcept {
    if (plug_) plug_->shut_write();
  }
  /// Closes now; what was written is still delivered, and where input has come that nobody has
  /// read, the other end hears `reset` behind it (that may then overtake what is on its way). Reads
  /// and writes that wait end with `closed`. Never waits itself; `co_await c.close()` and
  /// `c.close()` are the same.
  Closed close() noexcept {
    if (auto* p = std::exchange(plug_, nullptr)) p->release(false);
    return {};
  }
  /// Closes now, and the other end learns of it as `reset`; what was not delivered yet may be lost.
  void reset() noexcept {
    if (auto* p = std::exchange(plug_, nullptr)) p->release(true);
  }
  /// Whether there is a connection: not closed by this end. (What the other end did shows in reads
  /// and writes.)
  explicit operator bool() const noexcept { return plug_ != nullptr; }
  /// Name of the other end, such as "127.0.0.1:4711"; empty without a connection. Allocates.
  std::string peer() const { return plug_ ? plug_->peer() : std::string(); }

 private:
  ConnectionPlug* plug_ = nullptr;
};
static_assert(sizeof(Connection) == 8);

}  // namespace troupe
