// io/plug.hpp: what implements a connection or a listener, behind the handles that programs hold.
//
// A plug offers two things: a try that never blocks, and a watch that calls back once when another try is worth it. All
// waiting is done here, for all plugs alike: who waits, what becomes of it when either side goes, and bytes that came
// for a task that was dropped. No plug ever holds a task's memory: a try happens while its task waits for it.
#pragma once
#include <memory>
#include <span>
#include <troupe/core/kept_core.hpp>
#include <troupe/io/io_error.hpp>
#include <troupe/task/ring.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/wake.hpp>
#include <utility>

namespace troupe {

namespace detail {
// One operation that a task waits for; lies in its awaiter. The plug knows it from wait() until it is claimed.
class IoWait {
 public:
  IoWait() noexcept = default;
  IoWait(const IoWait&) = delete;
  bool is_waiting() const noexcept { return bool(wake_); }
  // Resumed, and still waiting: a coroutine of a foreign type, at the runtime's end.
  bool was_missed() noexcept { return bool(std::exchange(wake_, {})); }
  void wait(Wake wake) noexcept { wake_ = wake; }
  Wake wait(std::coroutine_handle<> handle) noexcept {
    foreign_.set(handle);
    return Wake(foreign_);
  }
  void fire(const KeptCore& core) noexcept {
    const Wake wake = std::exchange(wake_, {});
    if (wake && core.is_alive()) wake.fire(*core);
  }

 private:
  Wake wake_;
  HandleWaiter foreign_;
};

// Awaiters may be moved until they wait.
inline void check_unknown([[maybe_unused]] bool known) noexcept {
#if TROUPE_DEBUG
  if (known) panic("an awaitable was moved while it was awaited", "io");
#endif
}

struct Transfer : IoWait {  // a read or a write
  Transfer(Transfer&& other) noexcept : Transfer(other.data, other.size) { check_unknown(other.known); }
  Transfer(std::byte* d, std::size_t n) noexcept : data(d), size(n) {}
  std::byte* data;
  std::size_t size;
  IoResult result{std::size_t{0}};
  bool known = false;     // to the plug
  bool deferred = false;  // done, but it goes through the queue for fairness
};

// Bytes that were read for a task that was dropped before it saw them, in order. What is taken from it may itself be
// taken back, until it is settled that its reader has it. Each byte is moved about once, and memory goes as it empties.
class PutBack {
 public:
  bool empty() const noexcept { return at_ == end_; }
  /// Bytes of memory that it holds.
  std::size_t held() const noexcept { return end_; }
  /// In front of what it has; false when there is no memory.
  bool put(std::span<const std::byte> bytes) noexcept;
  std::size_t take(std::span<std::byte> room) noexcept;
  void take_back(std::size_t n) noexcept { at_ -= n; }
  void settle() noexcept {
    if (bytes_) shrink();
  }

 private:
  static constexpr std::size_t smallest = 4096;  // bytes below which it does not shrink until it is empty
  void shrink() noexcept;
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t at_ = 0, end_ = 0;
};
}  // namespace detail

/// Implements a `Connection`. Owned by its handle, until `end()`. Derive from it to plug in another kind of stream.
/// Belongs to one runtime and its thread.
class ConnectionPlug {
 public:
  ConnectionPlug(const ConnectionPlug&) = delete;
  /// How many reads, or writes, in a row are done without suspending; then the task goes once through the queue, so
  /// that a fast peer cannot keep a turn for itself.
  static constexpr std::uint8_t at_once = 32;

  // ---- what a plug implements
  /// Takes up to `room.size()` bytes (more than 0) without blocking. 0: the end of the stream; `would_block`: not now;
  /// `no_memory`: this try failed, another may not. Any other error is the end of the connection. An end or an error
  /// need be told once only: it is kept here, and every read and write from then on hears it.
  virtual IoResult try_read(std::span<std::byte> room) noexcept = 0;
  /// Sends what it can without blocking: at least one byte, or `would_block`. Errors as in `try_read`; after one of
  /// them reads still get what has come already, and hear of it where nothing is left.
  virtual IoResult try_write(std::span<const std::byte> bytes) noexcept = 0;
  /// Sees to it that readable() is called once, later or at once, when a try is worth it. Not called again before that.
  virtual void watch_read() noexcept = 0;
  /// Sees to it that writable() is called once, later or at once, when a try is worth it.
  virtual void watch_write() noexcept = 0;
  /// No more writes: the other end reads the end of the stream behind what was sent.
  virtual void end_write() noexcept = 0;
  /// The handle has gone: closes, by a reset if asked (or if bytes that were taken by `try_read` have found no reader,
  /// which breaks a connection like any unread input), and destroys itself when nothing refers to it any more.
  virtual void end(bool reset) noexcept = 0;
  /// Name of the other end ("127.0.0.1:4711"). Allocates.
  virtual std::string peer() const = 0;

  // ---- what handles and awaiters call
  bool begin_read(detail::Transfer& t) noexcept;  // whether it was done at once
  void wait_read(detail::Transfer& t, Wake wake) noexcept;
  void forget_read(detail::Transfer& t) noexcept;
  void put_back(std::span<const std::byte> bytes) noexcept;  // the next read gets them
  bool begin_write(detail::Transfer& t) noexcept;
  void wait_write(detail::Transfer& t, Wake wake) noexcept;
  void forget_write(detail::Transfer& t) noexcept;
  void shut_write() noexcept;
  void release(bool reset) noexcept;
  detail::RingLink& stored() noexcept { return stored_; }  // operations that were stored before they are awaited

 protected:
  explicit ConnectionPlug(Core& core) noexcept : core_(core) {}
  ~ConnectionPlug() = default;
  /// Another try to read is worth it: serves the task that waits, if one still does. `try_read` is called within.
  void readable() noexcept;
  /// Another try to write is worth it: serves the task that waits, if one still does. `try_write` is called within.
  void writable() noexcept;
  /// Ends with this error what tasks wait for, and whatever they ask for later: the loop has gone, or the handle.
  void abandon(IoError why) noexcept;
  /// The other end has said that it writes no more, before an error that `try_write` tells: reads get what is left, and
  /// then the end of the stream instead of that error.
  void note_clean_end() noexcept { clean_end_ = true; }
  const detail::KeptCore& core() const noexcept { return core_; }

 private:
  enum class Input : std::uint8_t {
    open,
    rest,    // a write has failed: what has come can be read
    ended,   // told: 0
    failed,  // told: read_error_
  };
  bool push_on(detail::Transfer& t) noexcept;
  bool take(detail::Transfer& t) noexcept;
  bool take_specially(detail::Transfer& t) noexcept;
  bool heard_in_read(detail::Transfer& t) noexcept;
  void fail_input(IoError why) noexcept;
  void fail_output(IoError why) noexcept;
  static bool is_fair(std::uint8_t& streak, detail::Transfer& t) noexcept;
  detail::KeptCore core_;
  detail::RingLink stored_;
  detail::Transfer* reader_ = nullptr;
  detail::Transfer* writer_ = nullptr;
  bool watches_read_ = false, watches_write_ = false;
  bool write_ended_ = false;
  bool clean_end_ = false;      // the other end's bytes have an end, read or not yet
  bool from_put_back_ = false;  // what the latest read got
  Input input_ = Input::open;
  std::uint8_t reads_ = 0, writes_ = 0;  // done at once in a row
  IoError read_error_;
  IoError write_error_{IoError::closed};  // once write_ended_
  detail::PutBack put_back_;
};

}  // namespace troupe
