// io/plug.hpp: what implements a connection or a listener, behind the handles that programs hold.
//
// A plug offers two things: a try that never blocks, and a watch that calls back once when another
// try is worth it. All waiting is done here, for all plugs alike: who waits, what becomes of it
// when either side goes, and bytes that came for a task that was dropped. No plug ever holds a
// task's memory: a try happens while its task waits for it.
#pragma once
#include <troupe/io/plug_rules.hpp>

namespace troupe {

/// Implements a `Connection`. Owned by its handle, until `end()`. Derive from it to plug in another
/// kind of stream. Belongs to one runtime and its thread.
class ConnectionPlug {
 public:
  ConnectionPlug(const ConnectionPlug&) = delete;
  /// How many reads, or writes, in a row are done without suspending; then the task goes once
  /// through the queue, so that a fast peer cannot keep a turn for itself.
  static constexpr std::uint8_t at_once = 32;

  // ---- what a plug implements
  /// Takes up to `room.size()` bytes (more than 0) without blocking. 0: the end of the stream;
  /// `would_block`: not now; `no_memory`: this try failed, another may not. Any other error is the
  /// end of the connection. An end or an error need be told once only: it is kept here, and every
  /// read and write from then on hears it.
  virtual IoResult try_read(std::span<std::byte> room) noexcept = 0;
  /// Sends what it can without blocking: at least one byte, or `would_block`. Errors as in
  /// `try_read`; after one of them reads still get what has come already, and hear of it where
  /// nothing is left.
  virtual IoResult try_write(std::span<const std::byte> bytes) noexcept = 0;
  /// Sees to it that readable() is called once, later or at once, when a try is worth it. Not
  /// called again before that.
  virtual void watch_read() noexcept = 0;
  /// Sees to it that writable() is called once, later or at once, when a try is worth it.
  virtual void watch_write() noexcept = 0;
  /// No more writes: the other end reads the end of the stream behind what was sent.
  virtual void end_write() noexcept = 0;
  /// The handle has gone: closes, by a reset if asked (or if bytes that were taken by `try_read`
  /// have found no reader, which breaks a connection like any unread input), and destroys itself
  /// when nothing refers to it any more.
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
  detail::RingLink& stored() noexcept {
    return stored_;
  }  // operations that were stored before they are awaited

 protected:
  explicit ConnectionPlug(Core& core) noexcept : core_(core) {}
  ~ConnectionPlug() = default;
  /// Another try to read is worth it: serves the task that waits, if one still does. `try_read` is
  /// called within.
  void readable() noexcept;
  /// Another try to write is worth it: serves the task that waits, if one still does. `try_write`
  /// is called within.
  void writable() noexcept;
  /// Ends with this error what tasks wait for, and whatever they ask for later: the loop has gone,
  /// or the handle.
  void abandon(IoError why) noexcept;
  /// The other end has said that it writes no more, before an error that `try_write` tells: reads
  /// get what is left, and then the end of the stream instead of that error.
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
